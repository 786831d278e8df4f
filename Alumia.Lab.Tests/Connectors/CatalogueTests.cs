using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alumia.Lab.Connectors;
using Alumia.Lab.Tests.Harness;
using Json.Schema;
using Microsoft.Extensions.Configuration;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>The catalogue of connectors: what is in it, and what is said of a file that is wrong.</summary>
public sealed partial class CatalogueTests
{
    private static readonly ConnectorCatalogue _catalogue = Of();

    public static TheoryData<string> Operations => [.. _catalogue.Connectors.SelectMany(connector => connector.Operations).Select(operation => operation.Name)];

    [Fact]
    public void It_has_the_six_services_with_their_real_addresses()
    {
        Assert.Equal(["airtable", "github", "gmail", "google_calendar", "notion", "slack"], _catalogue.Connectors.Select(connector => connector.Slug).Order());
        Assert.All(_catalogue.Connectors, connector =>
        {
            Assert.Null(ConnectorCheck.Fault(connector));
            Assert.InRange(connector.Operations.Count, 3, 6);
            Assert.Equal(connector.Auth == ConnectorAuth.OAuth, connector.OAuth is not null);
            Assert.Contains(connector.Operations, operation => operation.Writes);
            Assert.Contains(connector.Operations, operation => !operation.Writes);
            foreach (var address in new[] { connector.Api, connector.OAuth?.Authorize, connector.OAuth?.Token, connector.OAuth?.Revoke, new Uri(connector.Source) }.OfType<Uri>())
                Assert.Equal("https", address.Scheme);
        });
    }

    [Fact]
    public void Sending_mail_needs_another_scope_than_reading_it()
    {
        var gmail = _catalogue.Connectors.Single(connector => connector.Slug == "gmail");
        Assert.Equal(["gmail.list_messages", "gmail.search", "gmail.get_message", "gmail.send"], gmail.Operations.Select(operation => operation.Name));
        var (read, send) = (gmail.Operations[0].Scopes, gmail.Operations[3].Scopes);
        Assert.Empty(read.Intersect(send));
        Assert.Equal(read, gmail.Scopes.Where(scope => scope.IsChosen).Select(scope => scope.Name));
    }

    [Theory, MemberData(nameof(Operations))]
    public void An_operation_says_what_it_is_and_what_it_sends(string name)
    {
        var (connector, operation) = Find(name);
        Assert.StartsWith("https://", operation.Source, StringComparison.Ordinal);
        Assert.Equal("2026-11-29", operation.SourceDate);
        Assert.True(MetaSchemas.Draft202012.Evaluate(operation.Schema).IsValid);
        var properties = operation.Schema.GetProperty("properties");
        Assert.False(operation.Schema.GetProperty("additionalProperties").GetBoolean());
        Assert.All(properties.EnumerateObject(), property => Assert.True(property.Value.GetProperty("description").GetString()!.Length > 4, property.Name));
        Assert.All(operation.Scopes, scope => Assert.Contains(connector.Scopes, known => known.Name == scope));
        // Every argument that the schema takes is sent, and nothing else is.
        var sent = Placeholder().Matches(JsonSerializer.Serialize(operation.Request)).Select(match => match.Groups[1].Value).ToHashSet();
        if (operation.Request.Encoding == "mail")
            sent.UnionWith(["to", "cc", "bcc", "subject", "body"]);
        Assert.Equal(properties.EnumerateObject().Select(property => property.Name).Order(), sent.Order());
        Assert.Equal(operation.Request.Method != "GET" && name != "notion.search", operation.Writes);
    }

    [Theory]
    [InlineData("no JSON", null, "cannot be read")]
    [InlineData("/slug", "\"My Service\"", "the slug")]
    [InlineData("/api", "\"http://service.example/\"", "https://")]
    [InlineData("/api", "\"https://service.example/v1\"", "slash")]
    [InlineData("/surprise", "1", "surprise")]
    [InlineData("/key", "null", "apiKey")]
    [InlineData("/sourceDate", "\"yesterday\"", "yesterday")]
    [InlineData("/operations/0/name", "\"other.look\"", "other.look")]
    [InlineData("/operations/0/scopes", "[\"read\"]", "the scope read")]
    [InlineData("/operations/0/schema", "{\"type\":\"string\"}", "of the type object")]
    [InlineData("/operations/0/schema/type", "5", "object")]
    [InlineData("/operations/0/schema/properties/id/type", "\"nonsense\"", "no JSON Schema")]
    [InlineData("/operations/0/schema/required", "[]", "does not require it")]
    [InlineData("/operations/0/request/path", "\"things/{other}\"", "{other}")]
    [InlineData("/operations/0/request/path", "\"/things/{id}\"", "begins without a slash")]
    [InlineData("/operations/0/request/query", "{\"q\":\"{words}\"}", "{words}")]
    [InlineData("/operations/0/request/method", "\"FETCH\"", "FETCH")]
    [InlineData("/operations/0/request/encoding", "\"xml\"", "xml")]
    public void A_wrong_file_is_told_in_one_line_when_the_lab_starts(string place, string? value, string told)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "service.json");
        File.WriteAllText(file, value is null ? "{ no JSON" : Changed(place, value));
        var fault = Assert.Throws<StartupFault>(() => Of(folder.Path));
        Assert.Contains("service.json", fault.Message, StringComparison.Ordinal);
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void A_folder_adds_connectors_and_a_slug_that_is_taken_or_a_folder_that_is_missing_is_told()
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "a.json"), Service);
        Assert.Equal(7, Of(folder.Path).Connectors.Count);
        Assert.Equal("service.look", Of(folder.Path).Connectors.Single(connector => connector.Slug == "service").Operations.Single().Name);
        File.WriteAllText(Path.Combine(folder.Path, "b.json"), Service);
        Assert.Contains("Two connectors have the slug service", Assert.Throws<StartupFault>(() => Of(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("is not there", Assert.Throws<StartupFault>(() => Of(Path.Combine(folder.Path, "none"))).Message, StringComparison.Ordinal);
    }

    internal static (Connector Connector, Operation Operation) Find(string name) =>
        _catalogue.Connectors.SelectMany(connector => connector.Operations.Select(operation => (connector, operation))).Single(pair => pair.operation.Name == name);

    private static ConnectorCatalogue Of(string? folder = null) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Connectors:Folder"] = folder }).Build());

    private static string Changed(string place, string value)
    {
        var file = JsonNode.Parse(Service)!;
        var names = place[1..].Split('/');
        var at = names[..^1].Aggregate(file, (node, name) => int.TryParse(name, out var index) ? node[index]! : node[name]!);
        at[names[^1]] = JsonNode.Parse(value);
        return file.ToJsonString();
    }

    private const string Service = """
        {
          "slug": "service", "name": "Service", "category": "Tests", "description": "Looks at things.", "auth": "apiKey", "api": "https://service.example/v1/",
          "key": { "header": "X-Key", "prefix": "", "hint": "Ask for one." },
          "probe": { "method": "GET", "path": "me", "account": "name" }, "source": "https://service.example/docs", "sourceDate": "2026-11-29",
          "operations": [{
            "name": "service.look", "title": "Look", "description": "Looks at a thing.",
            "schema": { "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"], "additionalProperties": false },
            "writes": false, "scopes": [], "request": { "method": "GET", "path": "things/{id}" }, "source": "https://service.example/docs", "sourceDate": "2026-11-29"
          }]
        }
        """;

    [GeneratedRegex(@"\{(?:\+|\\u002B)?([a-z_]+)\}")]
    private static partial Regex Placeholder();
}
