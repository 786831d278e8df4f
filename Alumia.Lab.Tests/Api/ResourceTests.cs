using System.Text;
using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Api;

/// <summary>Agents, projects and sessions over the API: what is made is there, what is wrong is told, and another org's does not exist.</summary>
public sealed class ResourceTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_is_made_read_by_id_and_slug_changed_and_deleted()
    {
        using var client = await OpenAsync("rosa");
        var (status, made) = await client.PostAsync("agents", new { name = "Atlas", description = "Maps" });
        Assert.Equal(200, status);
        var (id, slug) = (Text(Data(made), "id"), Text(Data(made), "slug"));
        Assert.Equal("Atlas", Text(Data((await client.GetAsync($"agents/{slug}")).Body), "name"));
        Assert.Equal(200, (await client.PatchAsync($"agents/{id}", new { description = "Charts", isActive = false })).Status);
        var changed = Data((await client.GetAsync($"agents/{id}")).Body);
        Assert.Equal(("Atlas", "Charts", false), (Text(changed, "name"), Text(changed, "description"), changed.GetProperty("isActive").GetBoolean()));
        Assert.Equal(200, (await client.DeleteAsync($"agents/{id}")).Status);
        Assert.Equal(404, (await client.GetAsync($"agents/{id}")).Status);
        Assert.Contains(Items((await client.GetAsync("agents")).Body), agent => Text(agent, "slug") == "ala");
        Assert.Equal(409, (await client.DeleteAsync("agents/ala")).Status);
    }

    [Fact]
    public async Task A_project_and_a_session_in_it_are_made_listed_renamed_and_deleted()
    {
        using var client = await OpenAsync("ruth");
        var project = Text(Data((await client.PostAsync("projects", new { name = "Notes", visibility = "private", tags = new[] { "a" } })).Body), "id");
        Assert.Equal("private", Text(Data((await client.GetAsync($"projects/{project}")).Body), "visibility"));
        Assert.Equal("Papers", Text(Data((await client.PatchAsync($"projects/{project}", new { name = "Papers" })).Body), "name"));
        var session = Text(Data((await client.PostAsync("sessions", new { projectId = project, label = "First" })).Body), "id");
        Assert.Equal("First", Text(Assert.Single(Items((await client.GetAsync($"sessions?projectId={project}")).Body)), "label"));
        Assert.Equal("Second", Text(Data((await client.PatchAsync($"sessions/{session}", new { label = "Second" })).Body), "label"));
        Assert.Equal(422, (await client.PatchAsync($"sessions/{session}", new { status = "active" })).Status);
        Assert.Equal(200, (await client.DeleteAsync($"sessions/{session}")).Status);
        Assert.Equal(404, (await client.GetAsync($"sessions/{session}")).Status);
        Assert.Equal(200, (await client.DeleteAsync($"projects/{project}")).Status);
        Assert.Equal(404, (await client.GetAsync($"projects/{project}")).Status);
    }

    [Fact]
    public async Task The_messages_of_a_session_are_read_page_by_page()
    {
        var owner = await People.FoundAsync(shared.Lab, "rita");
        using var client = await ApiClient.OfAsync(shared.Lab, owner);
        var project = Text(Data((await client.PostAsync("projects", new { name = "Notes" })).Body), "id");
        var session = Text(Data((await client.PostAsync("sessions", new { projectId = project })).Body), "id");
        var chats = shared.Lab.Services.GetRequiredService<Conversations>();
        foreach (var text in new[] { "My name is Rita", "What time is it?", "What is my name?" })
        {
            await chats.SendAsync(owner, session, new NewMessage(text, text), Ended);
            await Eventually.Value(() => chats.FindAsync(owner, session, Ended), now => now.Status == SessionStatus.Idle && now.LastSequence > 0, "the answer is there");
        }
        var page = Data((await client.GetAsync($"sessions/{session}/messages?limit=2")).Body);
        var messages = page.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["user", "assistant"], messages.Select(message => Text(message, "role")));
        Assert.Contains("Rita", Text(messages[1], "text"), StringComparison.Ordinal);
        var earlier = Data((await client.GetAsync($"sessions/{session}/messages?cursor={Text(page, "nextCursor")}")).Body);
        Assert.Equal("My name is Rita", Text(earlier.GetProperty("items")[0], "text"));
        Assert.Equal(JsonValueKind.Null, earlier.GetProperty("nextCursor").ValueKind);
        Assert.Equal(422, (await client.GetAsync($"sessions/{session}/messages?cursor=x")).Status);
    }

    [Fact]
    public async Task Wrong_input_gets_the_envelope_and_changes_nothing()
    {
        using var client = await OpenAsync("romy");
        var before = Items((await client.GetAsync("projects")).Body).Count;
        var (status, body) = await client.PostAsync("projects", new { name = new string('x', 300) });
        Assert.Equal((422, "VALIDATION_ERROR"), (status, Text(body.GetProperty("error"), "code")));
        Assert.Equal("name", Text(body.GetProperty("error").GetProperty("fields")[0], "field"));
        (status, body) = await client.SendAsync(HttpMethod.Post, "projects", new StringContent("{ not json", Encoding.UTF8, "application/json"));
        Assert.Equal((400, "BAD_REQUEST"), (status, Text(body.GetProperty("error"), "code")));
        Assert.DoesNotContain("   at ", body.GetRawText(), StringComparison.Ordinal);
        (status, body) = await client.PostAsync("projects", new { name = "x", visibility = "everybody" });
        Assert.Equal(422, status);
        Assert.Equal(before, Items((await client.GetAsync("projects")).Body).Count);
    }

    [Fact]
    public async Task What_is_another_orgs_does_not_exist_and_a_scope_opens_only_its_own()
    {
        using var owner = await OpenAsync("rolf");
        var project = Text(Data((await owner.PostAsync("projects", new { name = "Mine" })).Body), "id");
        var session = Text(Data((await owner.PostAsync("sessions", new { projectId = project })).Body), "id");
        var agent = Text(Data((await owner.PostAsync("agents", new { name = "Mine" })).Body), "id");
        using var outsider = await OpenAsync("ralf");
        foreach (var address in new[] { $"projects/{project}", $"sessions/{session}", $"sessions/{session}/messages", $"sessions?projectId={project}", $"agents/{agent}" })
            Assert.Equal((address, 404), (address, (await outsider.GetAsync(address)).Status));
        Assert.Equal(404, (await outsider.PatchAsync($"projects/{project}", new { name = "Theirs" })).Status);
        Assert.Equal(404, (await outsider.DeleteAsync($"agents/{agent}")).Status);
        Assert.Equal(404, (await outsider.PostAsync("sessions", new { projectId = project })).Status);
        var scope = await People.FoundAsync(shared.Lab, "reader");
        using var reader = await ApiClient.OfAsync(shared.Lab, scope, KeyScopes.Read);
        Assert.Equal(200, (await reader.GetAsync("projects")).Status);
        Assert.Equal(403, (await reader.PostAsync("projects", new { name = "No" })).Status);
    }

    private async Task<ApiClient> OpenAsync(string name) => await ApiClient.OfAsync(shared.Lab, await People.FoundAsync(shared.Lab, name));

    private static JsonElement Data(JsonElement body) => body.GetProperty("data");

    private static List<JsonElement> Items(JsonElement body) => [.. Data(body).GetProperty("items").EnumerateArray()];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
