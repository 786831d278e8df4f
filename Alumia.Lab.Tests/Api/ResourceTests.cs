using System.Text;
using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
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
    public async Task Whom_an_agent_may_message_is_written_by_ids_or_slugs_and_a_wrong_one_changes_nothing()
    {
        using var client = await OpenAsync("runa");
        var first = Text(Data((await client.PostAsync("agents", new { name = "First" })).Body), "id");
        Assert.Equal(422, (await client.PostAsync("agents", new { name = "Never", allowedPeers = new[] { "first", "nobody" } })).Status);
        Assert.DoesNotContain(Items((await client.GetAsync("agents")).Body), agent => Text(agent, "name") == "Never");
        var made = Data((await client.PostAsync("agents", new { name = "Second", allowedPeers = new[] { "first", first } })).Body);
        Assert.Equal([first], Peers(made)!);
        Assert.Equal(422, (await client.PatchAsync("agents/second", new { description = "Never", allowedPeers = new[] { "nobody" } })).Status);
        var same = Data((await client.GetAsync("agents/second")).Body);
        Assert.Equal(("", first), (Text(same, "description"), Assert.Single(Peers(same)!)));
        Assert.Empty(Peers(Data((await client.PatchAsync("agents/second", new { allowedPeers = Array.Empty<string>() })).Body))!);
        Assert.Empty(Peers(Data((await client.PatchAsync("agents/second", new { description = "Kept" })).Body))!);
        Assert.Null(Peers(Data((await client.PatchAsync("agents/second", new { allowedPeers = new[] { "*" } })).Body)));

        static string[]? Peers(JsonElement agent) => agent.GetProperty("allowedPeers").Deserialize<string[]?>();
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
    public async Task Lists_are_read_page_by_page_newest_first_and_no_page_repeats_or_leaves_out_anything()
    {
        using var client = await OpenAsync("rhea");
        var projects = new List<string>();
        for (var i = 0; i < 5; i++)
            projects.Add(Text(Data((await client.PostAsync("projects", new { name = $"Project {i}" })).Body), "id"));
        var sessions = new List<string>();
        for (var i = 0; i < 5; i++)
            sessions.Add(Text(Data((await client.PostAsync("sessions", new { projectId = projects[i % 2], label = $"Session {i}" })).Body), "id"));
        var page = Data((await client.GetAsync("projects?limit=2")).Body);
        Assert.Equal([projects[4], projects[3]], page.GetProperty("items").EnumerateArray().Select(project => Text(project, "id")));
        // Meanwhile the last one read goes, one that is still to come is renamed, and a new one is made.
        await client.DeleteAsync($"projects/{projects[3]}");
        await client.PatchAsync($"projects/{projects[1]}", new { name = "Renamed" });
        await client.PostAsync("projects", new { name = "New" });
        page = Data((await client.GetAsync($"projects?limit=2&cursor={Text(page, "nextCursor")}")).Body);
        Assert.Equal([projects[2], projects[1]], page.GetProperty("items").EnumerateArray().Select(project => Text(project, "id")));
        foreach (var limit in new[] { 1, 2, 5, 200 })
        {
            Assert.Equal(sessions.AsEnumerable().Reverse(), (await client.AllAsync("sessions", limit)).Select(session => Text(session, "id")));
            Assert.Equal([sessions[4], sessions[2], sessions[0]], (await client.AllAsync($"sessions?projectId={projects[0]}", limit)).Select(session => Text(session, "id")));
        }
        Assert.Equal(422, (await client.GetAsync("sessions?cursor=nonsense")).Status);
        Assert.Equal(422, (await client.GetAsync("sessions?limit=0")).Status);
        Assert.Equal(422, (await client.GetAsync("sessions?limit=201")).Status);
    }

    [Fact]
    public async Task An_agent_is_changed_whole_or_not_at_all_and_viewers_do_not_see_its_prompt()
    {
        var owner = await People.FoundAsync(shared.Lab, "rachel");
        using var client = await ApiClient.OfAsync(shared.Lab, owner);
        Assert.Equal(409, (await client.PatchAsync("agents/ala", new { description = "Changed", isActive = false })).Status);
        Assert.DoesNotContain("Changed", (await client.GetAsync("agents/ala")).Body.GetRawText(), StringComparison.Ordinal);
        var made = Data((await client.PostAsync("agents", new { name = "Quiet", systemPrompt = "Say little.", isActive = false })).Body);
        Assert.Equal(("Say little.", false), (Text(made, "systemPrompt"), made.GetProperty("isActive").GetBoolean()));
        var viewer = await People.JoinAsync(shared.Lab, owner, "rachels-viewer", OrgRole.Member);
        using var reader = await ApiClient.OfAsync(shared.Lab, viewer);
        Assert.Equal("Say little.", Text(Data((await reader.GetAsync("agents/quiet")).Body), "systemPrompt"));
        await shared.Lab.Services.GetRequiredService<Members>().ChangeRoleAsync(owner, viewer.UserId, OrgRole.Viewer, Ended);
        Assert.Equal(JsonValueKind.Null, Data((await reader.GetAsync("agents/quiet")).Body).GetProperty("systemPrompt").ValueKind);
    }

    [Fact]
    public async Task A_project_is_archived_and_brought_back_and_its_canvas_is_read_as_its_file()
    {
        using var client = await OpenAsync("roger");
        var project = Text(Data((await client.PostAsync("projects", new { name = "Maps" })).Body), "id");
        var block = Text(Data((await client.PostAsync("blocks", new { projectId = project, kind = "document", title = "Plan", content = "First" })).Body), "id");
        var canvas = Data((await client.GetAsync($"projects/{project}/canvas")).Body);
        Assert.Equal(("alumia-canvas", "Maps", block), (Text(canvas, "format"), Text(canvas.GetProperty("project"), "name"), Text(canvas.GetProperty("blocks")[0], "id")));
        Assert.NotEqual(JsonValueKind.Null, Data((await client.PatchAsync($"projects/{project}", new { isArchived = true })).Body).GetProperty("archivedAtMs").ValueKind);
        Assert.Equal(409, (await client.PostAsync("sessions", new { projectId = project })).Status);
        Assert.Contains(Items((await client.GetAsync("projects?archived=true")).Body), row => Text(row, "id") == project);
        Assert.Equal(200, (await client.PatchAsync($"projects/{project}", new { isArchived = false })).Status);
        Assert.Equal(200, (await client.PostAsync("sessions", new { projectId = project })).Status);
    }

    [Fact]
    public async Task What_is_wrong_is_told_with_its_cause_and_fixes_until_it_has_healed()
    {
        var owner = await People.FoundAsync(shared.Lab, "regina");
        using var client = await ApiClient.OfAsync(shared.Lab, owner);
        Assert.Empty(Items((await client.GetAsync("troubles")).Body));
        var project = Text(Data((await client.PostAsync("projects", new { name = "Notes" })).Body), "id");
        var session = Text(Data((await client.PostAsync("sessions", new { projectId = project })).Body), "id");
        var chats = shared.Lab.Services.GetRequiredService<Conversations>();
        await chats.SendAsync(owner, session, new NewMessage("m1", "[[cut 3]] [[long 10]] Anything"), Ended);
        await Eventually.Value(() => chats.FindAsync(owner, session, Ended), now => now.Status == SessionStatus.Failed, "the session has a trouble");
        var trouble = Assert.Single(Items((await client.GetAsync("troubles")).Body));
        Assert.Equal((project, session, JsonValueKind.Null), (Text(trouble, "projectId"), Text(trouble, "sessionId"), trouble.GetProperty("healedAtMs").ValueKind));
        Assert.All(new[] { "kind", "title", "cause" }, name => Assert.NotEmpty(Text(trouble, name)));
        Assert.NotEmpty(trouble.GetProperty("fixes").EnumerateArray());
        Assert.True(trouble.GetProperty("sinceMs").GetInt64() > 0);
        await chats.SendAsync(owner, session, new NewMessage("m2", "What time is it?"), Ended);
        await Eventually.Value(() => chats.FindAsync(owner, session, Ended), now => now.Status == SessionStatus.Idle, "the session goes on");
        Assert.Empty(Items((await client.GetAsync("troubles")).Body));
        Assert.Equal(Text(trouble, "id"), Text(Assert.Single(Items((await client.GetAsync("troubles?healed=true")).Body)), "id"));
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
