using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>What comes of files: whole ones, ones of other labs, and hostile ones.</summary>
public sealed class CanvasArchiveTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private const string Whole = """
        {
          "format": "alumia-canvas", "version": 1, "exportedAtMs": 1780000000000,
          "project": { "name": "Tea", "description": "", "prompt": "", "emoji": "", "tags": [], "visibility": "team" },
          "agents": [{ "slug": "ala", "name": "Ala", "colour": "#3355ff" }],
          "sessions": [{
            "id": "s1", "label": "Brew", "agent": "ala", "status": "idle", "createdAtMs": 1, "updatedAtMs": 2,
            "events": [
              { "turn": 1, "atMs": 1, "data": { "kind": "turn.started", "messageId": "m1", "revision": 1, "text": "Hello", "agentId": "ala", "modelId": "groq/x", "author": "Mia" } },
              { "turn": 1, "atMs": 2, "data": { "kind": "step.started", "step": 1, "modelId": "groq/x" } },
              { "turn": 1, "atMs": 2, "data": { "kind": "tool.requested", "step": 1, "callId": "c1", "tool": "wait", "arguments": "{}" } },
              { "turn": 1, "atMs": 3, "data": { "kind": "usage", "step": 1, "modelId": "groq/x", "keySource": "", "inputTokens": 1, "cachedInputTokens": 0, "outputTokens": 1, "reasoningTokens": 0, "estimated": false, "durationMs": 5 } },
              { "turn": 1, "atMs": 3, "data": { "kind": "tool.finished", "callId": "c1", "tool": "wait", "ending": "timed_out", "result": "Late", "durationMs": 5, "blockId": "b1" } },
              { "turn": 1, "atMs": 4, "data": { "kind": "turn.finished", "reason": "stop" } }
            ]
          }],
          "blocks": [{ "id": "b1", "session": "s1", "kind": "document", "createdAtMs": 1, "updatedAtMs": 2, "shown": 1,
            "versions": [{ "version": 1, "title": "<img src=x onerror=alert(1)>", "content": "# Tea", "by": "person", "name": "Mia", "atMs": 1 }] }],
          "placements": [{ "node": "s1", "x": 10, "y": 20, "width": 300, "height": 150 }]
        }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CanvasArchive Archive => shared.Lab.Services.GetRequiredService<CanvasArchive>();

    [Fact]
    public async Task A_file_written_by_hand_comes_in_with_its_names_and_its_missing_places()
    {
        var scope = await People.FoundAsync(shared.Lab, "by-hand");
        var project = await ImportAsync(scope, Whole);
        Assert.Equal("Tea", project.Name);
        var nodes = await shared.Lab.Services.GetRequiredService<CanvasBoard>().ReadAsync(scope, project.Id, Ct);
        Assert.Equal(new Box(10, 20, 300, 150), nodes[0].Box);
        Assert.Equal(("<img src=x onerror=alert(1)>", nodes[0].Id), (nodes[1].Title, nodes[1].JoinedTo));
        var page = await shared.Lab.Services.GetRequiredService<Conversations>().PageAsync(scope, nodes[0].Id, cancellation: Ct);
        var began = Assert.IsType<TurnStarted>(page.Events[0].Data);
        Assert.Equal((null, "Mia"), (began.UserId, began.Author));
        Assert.Contains(page.Events, each => each.Data is ToolFinished { Ending: ToolEnding.TimedOut } ended && ended.BlockId == nodes[1].Id);
    }

    [Fact]
    public async Task A_session_that_was_at_work_comes_in_as_interrupted_and_can_go_on()
    {
        var bench = await Bench.OfAsync(shared.Lab);
        var project = await shared.Lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(bench.Scope, new ProjectEdit("At work"), Ct);
        var session = await bench.Conversations.CreateAsync(bench.Scope, project.Id, bench.Ala.Id, cancellation: Ct);
        await bench.SendAsync(session.Id, "[[tool wait {\"seconds\":60}]] Wait");
        await Eventually.Value(() => bench.EventsAsync<ToolOutputWritten>(session.Id), outputs => outputs.Count > 0, "the tool runs");
        var bytes = CanvasFileJson.Write(await Archive.ExportAsync(bench.Scope, project.Id, Ct));
        Assert.Equal(SessionStatus.Active, await bench.StatusAsync(session.Id));
        await bench.Conversations.CancelAsync(bench.Scope, session.Id, Ct);

        var imported = await Archive.ImportAsync(bench.Scope, CanvasFileJson.Read(bytes), null, Ct);
        var copy = Assert.Single(await bench.Conversations.ListAsync(bench.Scope, imported.Id, Ct));
        Assert.Equal(SessionStatus.Interrupted, copy.Status);
        await bench.AssertOrderlyAsync(copy.Id);
        await bench.SendAsync(copy.Id, "Say one word");
        await bench.UntilAsync(copy.Id, SessionStatus.Idle);
        await bench.AssertOrderlyAsync(copy.Id);
    }

    [Fact]
    public async Task Where_an_agent_is_not_known_Ala_takes_its_place_and_the_label_tells_whose_it_was()
    {
        var scope = await People.FoundAsync(shared.Lab, "no-scribe");
        var project = await ImportAsync(scope, Whole.Replace("\"ala\"", "\"scribe\"", StringComparison.Ordinal).Replace("\"Ala\"", "\"Scribe\"", StringComparison.Ordinal));
        var node = Assert.IsType<AgentNode>((await shared.Lab.Services.GetRequiredService<CanvasBoard>().ReadAsync(scope, project.Id, Ct))[0]);
        Assert.Equal(("Brew (Scribe)", Agent.AlaSlug), (node.Title, node.Agent!.Slug));
    }

    [Fact]
    public async Task No_id_in_a_file_gets_anybodys_rights()
    {
        var scope = await People.FoundAsync(shared.Lab, "forged");
        var project = await ImportAsync(scope, Whole.Replace("\"author\": \"Mia\"", $"\"userId\": \"{scope.UserId}\"", StringComparison.Ordinal));
        var session = Assert.Single(await shared.Lab.Services.GetRequiredService<Conversations>().ListAsync(scope, project.Id, Ct));
        var page = await shared.Lab.Services.GetRequiredService<Conversations>().PageAsync(scope, session.Id, cancellation: Ct);
        Assert.Null(Assert.IsType<TurnStarted>(page.Events[0].Data).UserId);
    }

    [Theory]
    [InlineData("format", "\"drawing\"", "format")]
    [InlineData("version", "2", "version 2")]
    [InlineData("project", "null", "project")]
    [InlineData("project.name", "\"  \"", "name")]
    [InlineData("project.visibility", "1", "project.visibility")]
    [InlineData("project.description", "\"\\u0000\"", "NUL")]
    [InlineData("project.description", "\"\\ud800\"", "project.description")]
    [InlineData("project.tags", "[null]", "tag")]
    [InlineData("agents", "[null]", "missing")]
    [InlineData("sessions", "[null]", "missing")]
    [InlineData("sessions[0].id", "\"b1\"", "blocks[0].id")]
    [InlineData("sessions[0].label", "\"\"", "sessions[0].label")]
    [InlineData("sessions[0].createdAtMs", "-1", "sessions[0].createdAtMs")]
    [InlineData("sessions[0].updatedAtMs", "999999999999999999", "sessions[0].createdAtMs")]
    [InlineData("sessions[0].status", "99", "sessions[0].status")]
    [InlineData("sessions[0].events[1]", "null", "events[1]")]
    [InlineData("sessions[0].events[0].turn", "2", "sessions[0].events[0].turn")]
    [InlineData("sessions[0].events[1].turn", "2", "sessions[0].events[1].turn")]
    [InlineData("sessions[0].events[1].data", "{\"kind\":\"peer.haunted\"}", "sessions[0].events[1].data")]
    [InlineData("sessions[0].events[1].data", "{\"step\":1}", "no kind")]
    [InlineData("sessions[0].events[1].data", "{\"kind\":\"turn.started\",\"messageId\":\"m1\",\"revision\":1,\"text\":\"\",\"agentId\":\"\",\"modelId\":\"\"}", "events[1].turn")]
    [InlineData("sessions[0].events[2].data.arguments", "\"{broken\"", "sessions[0].events[2].data")]
    [InlineData("sessions[0].events[3].data.inputTokens", "9000000000000000000", "sessions[0].events[3].data")]
    [InlineData("sessions[0].events[4].data.ending", "7", "sessions[0].events[4].data")]
    [InlineData("sessions[0].events[4].data.blockId", "\"b7\"", "sessions[0].events[4].data.blockId")]
    [InlineData("blocks[0].session", "\"b1\"", "blocks[0].session")]
    [InlineData("blocks[0].kind", "\"program\"", "blocks[0].kind")]
    [InlineData("blocks[0].kind", "\"chart\"", "blocks[0].versions[0].content")]
    [InlineData("blocks[0].shown", "2", "blocks[0].shown")]
    [InlineData("blocks[0].versions", "[]", "blocks[0].shown")]
    [InlineData("blocks[0].versions[0].version", "2", "blocks[0].versions[0].version")]
    [InlineData("blocks[0].versions[0].baseVersion", "1", "blocks[0].versions[0].baseVersion")]
    [InlineData("blocks[0].versions[0].title", "\"\"", "blocks[0].versions[0].title")]
    [InlineData("blocks[0].versions[0].name", "\"\"", "blocks[0].versions[0].name")]
    [InlineData("blocks[0].versions[0].isClash", "true", "blocks[0].shown")]
    [InlineData("placements[0].node", "\"b7\"", "placements[0].node")]
    [InlineData("placements[0].x", "1e300", "placements[0].x")]
    [InlineData("placements[0].x", "1e999", "placements[0].x")]
    [InlineData("placements[0].x", "\"NaN\"", "placements[0].x")]
    public async Task A_file_that_does_not_hold_together_is_refused_with_the_place_and_changes_nothing(string path, string json, string told)
    {
        var scope = await HostileAsync();
        var before = await shared.Lab.Services.GetRequiredService<ProjectDirectory>().IdsAsync(scope, Ct);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => ImportAsync(scope, With(path, json)));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await shared.Lab.Services.GetRequiredService<ProjectDirectory>().IdsAsync(scope, Ct));
    }

    [Fact]
    public async Task What_is_no_JSON_is_cut_off_or_too_large_is_refused()
    {
        var scope = await HostileAsync();
        foreach (var text in new[] { "", "null", "[]", "PK\u0003\u0004", Whole[..900], "{\"format\":\"alumia-canvas\"}", new string('[', 5_000) })
            Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => ImportAsync(scope, text))).Kind);
        Assert.Equal(RefusalKind.TooLarge, Assert.Throws<Refusal>(() => CanvasFileJson.Read(new byte[CanvasFile.MostBytes + 1])).Kind);
        var file = Read(Whole);
        var many = file with { Blocks = [.. Enumerable.Range(0, CanvasFile.MostNodes).Select(i => file.Blocks[0] with { Id = $"b{i}" })] };
        Assert.Contains("5,000", (await Assert.ThrowsAsync<Refusal>(() => Archive.ImportAsync(scope, many, null, Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_largest_canvas_comes_in_whole()
    {
        var scope = await People.FoundAsync(shared.Lab, "largest");
        var file = Read(Whole);
        file = file with
        {
            Sessions = [.. Enumerable.Range(0, 1_000).Select(i => file.Sessions[0] with { Id = $"s{i}", Label = $"S{i:0000}" })],
            Blocks = [.. Enumerable.Range(0, 4_000).Select(i => file.Blocks[0] with { Id = $"b{i}", Session = $"s{i / 4}" })],
            Placements = [],
        };
        var began = Stopwatch.GetTimestamp();
        var project = await Archive.ImportAsync(scope, file, null, Ct);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms for 5,000 nodes");
        var sessions = await shared.Lab.Services.GetRequiredService<Conversations>().ListAsync(scope, project.Id, Ct);
        Assert.Equal(file.Sessions.Select(session => session.Label), sessions.OrderBy(session => session.Id, StringComparer.Ordinal).Select(session => session.Label));
        Assert.Equal(4_000, (await shared.Lab.Services.GetRequiredService<BlockShelf>().ListAsync(scope, project.Id, Ct)).Count);
    }

    [Fact]
    public async Task A_member_downloads_the_file_under_the_projects_name()
    {
        var owner = await People.FoundAsync(shared.Lab, "loader");
        await People.JoinAsync(shared.Lab, owner, "loader-viewer", OrgRole.Viewer);
        var project = await ImportAsync(owner, Whole, "Grün/Tee");
        using var viewer = await People.BrowseAsync(shared.Lab, "loader-viewer");
        using var answer = await viewer.GetAsync($"/{owner.OrgSlug}/lab/{project.Id}/canvas.json", Ct);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal(("attachment", "Grün-Tee.json"), (answer.Content.Headers.ContentDisposition!.DispositionType, answer.Content.Headers.ContentDisposition.FileNameStar));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        Assert.Equal("<img src=x onerror=alert(1)>", Read(text).Blocks[0].Versions[0].Title);
    }

    private static CanvasFile Read(string json) => CanvasFileJson.Read(Encoding.UTF8.GetBytes(json));

    /// <summary>The whole file with something else at a place of it.</summary>
    private static string With(string path, string json)
    {
        var root = JsonNode.Parse(Whole)!;
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        var at = root;
        foreach (var step in steps[..^1])
            at = step[0] == '[' ? at[int.Parse(step[1..^1], System.Globalization.CultureInfo.InvariantCulture)]! : at[step]!;
        var marked = JsonValue.Create("HERE");
        if (steps[^1][0] == '[')
            at[int.Parse(steps[^1][1..^1], System.Globalization.CultureInfo.InvariantCulture)] = marked;
        else
            at[steps[^1]] = marked;
        return root.ToJsonString().Replace("\"HERE\"", json, StringComparison.Ordinal);
    }

    private async Task<Project> ImportAsync(OrgScope scope, string json, string? name = null) => await Archive.ImportAsync(scope, Read(json), name, Ct);

    private async Task<OrgScope> HostileAsync() => (await Bench.OfAsync(shared.Lab)).Scope;
}
