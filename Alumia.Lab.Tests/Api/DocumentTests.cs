using System.Text.Json;
using System.Text.Json.Nodes;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Json.Schema;

namespace Alumia.Lab.Tests.Api;

/// <summary>The OpenAPI document tells of every endpoint, and answers keep to it.</summary>
public sealed class DocumentTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_tells_of_every_endpoint_what_it_does_what_opens_it_and_how_it_says_no()
    {
        var document = await DocumentAsync();
        Assert.Equal(["key", "org"], document.GetProperty("security").EnumerateArray().Single().EnumerateObject().Select(scheme => scheme.Name).Order());
        var schemes = document.GetProperty("components").GetProperty("securitySchemes");
        Assert.Equal(("bearer", "X-Alumia-Org"), (schemes.GetProperty("key").GetProperty("scheme").GetString(), schemes.GetProperty("org").GetProperty("name").GetString()));
        var paths = document.GetProperty("paths");
        var told = from path in paths.EnumerateObject() from operation in path.Value.EnumerateObject() select $"{operation.Name.ToUpperInvariant()} {path.Name}";
        var there = ApiCall.Of(shared.Lab).Select(call => $"{call.Method} /api/v1/{call.Pattern.Replace(":int}", "}", StringComparison.Ordinal)}").ToList();
        Assert.Superset(there.ToHashSet(), told.ToHashSet());
        foreach (var (name, operation) in from path in paths.EnumerateObject() from each in path.Value.EnumerateObject() select ($"{each.Name} {path.Name}", each.Value))
        {
            Assert.True(operation.TryGetProperty("summary", out _), $"{name} does not say what it does");
            var responses = operation.GetProperty("responses");
            foreach (var status in new[] { "401", "403", "404", "422", "500" })
                Assert.Equal((name, "#/components/schemas/ErrorBody"), (name, Reference(responses, status)));
            Assert.Equal((name, "#/components/schemas/TooManyBody"), (name, Reference(responses, "429")));
            Assert.True(responses.GetProperty("429").GetProperty("headers").TryGetProperty("Retry-After", out _), name);
        }
    }

    [Fact]
    public async Task Every_answer_keeps_to_the_schema_of_its_endpoint_and_errors_to_theirs()
    {
        var document = await DocumentAsync();
        using var client = await ApiClient.OfAsync(shared.Lab, await People.FoundAsync(shared.Lab, "dorian"));
        var project = await MadeAsync("projects", new { name = "Notes", tags = new[] { "a" } });
        var session = await MadeAsync("sessions", new { projectId = project });
        var block = await MadeAsync("blocks", new { projectId = project, kind = "document", title = "Plan", content = "one" });
        await CheckAsync("/api/v1/agents", "agents");
        await CheckAsync("/api/v1/agents/{idOrSlug}", "agents/ala");
        await CheckAsync("/api/v1/projects", "projects?limit=1");
        await CheckAsync("/api/v1/projects/{id}", $"projects/{project}");
        await CheckAsync("/api/v1/sessions", "sessions");
        await CheckAsync("/api/v1/sessions/{id}", $"sessions/{session}");
        await CheckAsync("/api/v1/sessions/{id}/messages", $"sessions/{session}/messages");
        await CheckAsync("/api/v1/blocks", $"blocks?projectId={project}&search=one");
        await CheckAsync("/api/v1/blocks/{id}", $"blocks/{block}");
        await CheckAsync("/api/v1/blocks/{id}/versions", $"blocks/{block}/versions");
        await CheckAsync("/api/v1/blocks/{id}/versions/{version}", $"blocks/{block}/versions/1");
        await CheckAsync("/api/v1/api-keys", "api-keys");
        await CheckAsync("/api/v1/troubles", "troubles");
        await CheckAsync("/api/v1/billing/byok-keys", "billing/byok-keys");
        await CheckAsync("/api/v1/billing", "billing");
        await CheckAsync("/api/v1/billing/transactions", "billing/transactions");
        await CheckAsync("/api/v1/billing/pricing", "billing/pricing");
        await CheckAsync("/api/v1/billing/spending", "billing/spending?month=2026-02");
        await CheckAsync("/api/v1/billing/spending/by-project", "billing/spending/by-project");
        await CheckAsync("/api/v1/projects/{id}", "projects/none", "404");
        await CheckAsync("/api/v1/projects", "projects?limit=0", "422");

        async Task<string> MadeAsync(string resource, object body)
        {
            var made = await client.PostAsync(resource, body);
            AssertKeeps(document, $"/api/v1/{resource}", "post", "200", made.Body);
            return made.Body.GetProperty("data").GetProperty("id").GetString()!;
        }

        async Task CheckAsync(string path, string address, string status = "200")
        {
            var answer = await client.GetAsync(address);
            Assert.Equal((address, status), (address, answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            AssertKeeps(document, path, "get", status, answer.Body);
        }
    }

    private static void AssertKeeps(JsonElement document, string path, string method, string status, JsonElement answer)
    {
        var schema = JsonNode.Parse(document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(status)
            .GetProperty("content").GetProperty("application/json").GetProperty("schema").GetRawText())!.AsObject();
        schema["$defs"] = JsonNode.Parse(document.GetProperty("components").GetProperty("schemas").GetRawText());
        var result = JsonSchema.FromText(schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal)).Evaluate(answer, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(result.IsValid, $"{method} {path} {status}: {string.Join("; ", (result.Details ?? []).Where(detail => detail.Errors is not null).Select(detail => $"{detail.InstanceLocation} {string.Join(',', detail.Errors!.Values)}"))}\n{answer}");
    }

    private static string? Reference(JsonElement responses, string status) =>
        responses.GetProperty(status).GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString();

    private async Task<JsonElement> DocumentAsync()
    {
        using var client = shared.Lab.Client();
        return JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync("/openapi/v1.json", Ended));
    }
}
