using System.Text.Json;
using Alumia.Lab.Accounts;
using Alumia.Lab.Connectors;
using Alumia.Lab.Offline;
using Alumia.Lab.Offline.OAuth;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>What the catalogue asks of a service, its stand-in answers: every scope is known there, and every operation works.</summary>
public sealed class StandInOperationTests(SharedLab shared) : IClassFixture<SharedLab>
{
    /// <summary>Arguments with which each operation finds something in an account that nobody has used yet.</summary>
    private static readonly Dictionary<string, string> _arguments = new()
    {
        ["gmail.list_messages"] = """{"labels":["INBOX"],"limit":2}""",
        ["gmail.search"] = """{"query":"from:charles"}""",
        ["gmail.get_message"] = """{"id":"18c0a00000000001"}""",
        ["gmail.send"] = """{"to":["grace@offline.example"],"subject":"Hello","text":"From a test"}""",
        ["google_calendar.list_calendars"] = "{}",
        ["google_calendar.list_events"] = """{"calendar":"primary","query":"stand-up"}""",
        ["google_calendar.get_event"] = """{"calendar":"primary","id":"standup0000000000000000001"}""",
        ["google_calendar.create_event"] = """{"calendar":"primary","title":"Tea","start":"2040-01-02T15:00:00Z","end":"2040-01-02T16:00:00Z"}""",
        ["google_calendar.delete_event"] = """{"calendar":"primary","id":"review00000000000000000003"}""",
        ["github.list_issues"] = """{"owner":"ada","repo":"notes"}""",
        ["github.search_issues"] = """{"query":"repo:ada/notes is:open"}""",
        ["github.get_file"] = """{"owner":"ada","repo":"notes","path":"src/notes.py"}""",
        ["github.create_issue"] = """{"owner":"ada","repo":"notes","title":"Made by a test"}""",
        ["github.comment_on_issue"] = """{"owner":"ada","repo":"notes","number":2,"body":"Seen"}""",
    };

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private IEnumerable<ConnectorSetup> Served => Get<ConnectorSetups>().All.Where(setup => setup.IsStandIn);

    [Fact]
    public void Mail_calendar_and_repository_are_served_with_scopes_that_are_known_there()
    {
        Assert.Equal(["github", "gmail", "google_calendar"], Served.Select(setup => setup.Connector.Slug).Order(StringComparer.Ordinal));
        Assert.All(Served, setup =>
        {
            var connector = setup.Connector;
            Assert.All(connector.Scopes.Select(scope => scope.Name).Concat(connector.OAuth!.AlwaysScopes), scope => Assert.NotNull(OAuthScopes.Find(scope)));
            Assert.All([connector.Api, connector.OAuth.Authorize, connector.OAuth.Token, connector.OAuth.Revoke!], address => Assert.Equal(shared.Lab.Address.Authority, address.Authority));
        });
    }

    [Fact]
    public void Where_a_client_of_the_real_provider_is_configured_nothing_stands_in()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Connectors:Clients:github:ClientId", "real")]).Build();
        var standIn = new OAuthStandIn(Get<OwnAddress>(), Get<PublicUrls>(), Get<OAuthClientAccount>(), configuration);
        var catalogue = Get<IEnumerable<IConnectorSource>>().SelectMany(source => source.Connectors).ToDictionary(connector => connector.Slug);
        Assert.Null(standIn.Serve(catalogue["github"]));
        Assert.NotNull(standIn.Serve(catalogue["gmail"]));
        Assert.Null(standIn.Serve(catalogue["slack"]));
    }

    [Fact]
    public async Task Every_operation_of_a_served_connector_works()
    {
        using var person = await ConnectingPerson.FoundAsync(shared.Lab, "everything");
        foreach (var connector in Served.Select(setup => setup.Connector).ToList())
        {
            var line = await person.ConnectAsync(connector.Slug, asked: [.. connector.Scopes.Select(scope => scope.Name)]);
            Assert.Equal((ConnectionStatus.Connected, connector.Slug == "github" ? "ada" : "ada@offline.example"), (line.Status, line.Account));
            foreach (var operation in connector.Operations)
            {
                Assert.True(_arguments.TryGetValue(operation.Name, out var arguments), $"{operation.Name} is new: give it arguments here, and a stand-in.");
                using var json = JsonDocument.Parse(arguments!);
                var access = await Get<ConnectionAccess>().SendAsync(line.Id, () => OperationHttp.Make(connector, operation, json.RootElement), Ended);
                var answered = Assert.IsType<Access.Answered>(access);
                using (answered.Response)
                    Assert.True(answered.Response.IsSuccessStatusCode, $"{operation.Name}: {answered.Response.StatusCode} {await answered.Response.Content.ReadAsStringAsync(Ended)}");
            }
        }
    }

    private T Get<T>() where T : notnull => shared.Lab.Services.GetRequiredService<T>();
}
