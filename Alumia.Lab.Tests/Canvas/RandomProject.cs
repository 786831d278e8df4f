using System.Text;
using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Canvas;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>Fills a project by a list of numbers: each is a deed of an agent or a person.</summary>
internal sealed class RandomProject
{
    private static readonly string[] _words = ["", "Grüne Tees <b>&amp;</b>", "日本茶 🍵", "line one\nline two\n", "\"quoted\" \\ and \u0001 control", "<script>alert(1)</script>"];
    private readonly Bench _bench;
    private readonly OrgScope _other;
    private readonly Agent[] _agents;
    private readonly Dictionary<string, Script> _scripts = [];
    private readonly List<string> _blocks = [];

    private RandomProject(Bench bench, OrgScope other, Agent[] agents, Project project) => (_bench, _other, _agents, Project) = (bench, other, agents, project);

    public Project Project { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private BlockShelf Shelf => _bench.Lab.Services.GetRequiredService<BlockShelf>();

    /// <param name="bench">The lab.</param>
    /// <param name="other">A second person of the org.</param>
    /// <param name="agents">Who may speak.</param>
    /// <param name="deeds">What is done, each from 0 to 9,999.</param>
    public static async Task<Project> MakeAsync(Bench bench, OrgScope other, Agent[] agents, int[] deeds)
    {
        var edit = new ProjectEdit($"Random {deeds.Length}") { Description = Word(deeds[0]), Prompt = Word(deeds[^1]), Emoji = deeds[0] % 2 == 0 ? "🍵" : "", Tags = ["tea", Word(2)] };
        var it = new RandomProject(bench, other, agents, await bench.Lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(bench.Scope, edit, Ct));
        for (var i = 0; i < deeds.Length; i++)
            await it.DoAsync(deeds[i], i);
        foreach (var (id, script) in it._scripts)
            await it.StoreAsync(id, script);
        foreach (var deed in deeds.Skip(deeds.Length / 2))
            await it.PlaceAsync(deed);
        return it.Project;
    }

    public static string Word(int n) => _words[n % _words.Length];

    private static string Title(int n) => $"T{n % 7} {Word(n)}".Trim();

    private async Task DoAsync(int deed, int at)
    {
        var n = deed / 10;
        switch (deed % 10)
        {
            case 0:
            case 1 when _scripts.Count == 0:
                await BeginAsync(n);
                break;
            case 1 or 2 or 3 when _scripts.Count > 0:
                Talk(_scripts.Values.ElementAt(n % _scripts.Count), n, at);
                break;
            case 4:
                _blocks.Add((await Shelf.CreateAsync(_bench.Scope, Project.Id, KindOf(n), Title(n), Content(KindOf(n), n), Ct)).Id);
                break;
            case 5 when _scripts.Count > 0:
                var agent = _agents[n % _agents.Length];
                _blocks.Add((await Shelf.PutAsync(new ToolContext(_bench.Scope.OrgId, Project.Id, _scripts.Keys.ElementAt(n % _scripts.Count), agent.Id, "trn", null), KindOf(n), $"A{at} {Title(n)}", Content(KindOf(n), n), null, Ct)).Id);
                break;
            case 6 or 7 when _blocks.Count > 0:
                await EditAsync(_blocks[n % _blocks.Count], n);
                break;
            case 8 when _blocks.Count > 3:
                await Shelf.DeleteAsync(_bench.Scope, [_blocks[n % _blocks.Count]], Ct);
                _blocks.RemoveAt(n % _blocks.Count);
                break;
            case 9 when _scripts.Count > 2:
                var gone = _scripts.Keys.ElementAt(n % _scripts.Count);
                await StoreAsync(gone, _scripts[gone]);
                _scripts.Remove(gone);
                await _bench.WriteAsync(tx => tx.Db.Find<Session>(gone)!.DeletedAtMs = tx.NowMs);
                break;
        }
    }

    private async Task BeginAsync(int n)
    {
        var session = await _bench.Conversations.CreateAsync(_bench.Scope, Project.Id, _agents[n % _agents.Length].Id, n % 3 == 0 ? _bench.Ala.ModelId : null, Title(n), Ct);
        _scripts.Add(session.Id, new Script());
    }

    /// <summary>One more turn; the last one of a session may be left open, in mid-stream or in a tool call.</summary>
    private void Talk(Script script, int n, int at)
    {
        if (script.Events.Count > 0 && script.Events[^1].Data is not (TurnFinished or TurnFailed))
            script.Close(new TurnFailed("interrupted", "Broken off."));
        script.Ask(n % 5 == 1 && script.Events.Count > 0 ? "again" : $"m{at}", Word(n) + "?", n % 5 == 1 ? script.Events.Count + 2 : 1, (n % 3) switch { 0 => _bench.Scope.UserId, 1 => _other.UserId, _ => null });
        script.Step(1).Stream("Let me think. ", reasoning: true).Stream(Word(n + 1)).Stream(" Done.");
        if (n % 2 == 0)
        {
            var block = _blocks.Count == 0 ? null : _blocks[n % _blocks.Count];
            script.Tool($"c{at}", $"The block {block} is at version 1. {Word(n)}", block, (ToolEnding)(n % 6), "show_document", $$"""{ "block_id": "{{block}}", "deep": { "a": [1, null, "é"] } }""");
            script.Step(2).Stream(Word(n));
        }
        switch (n % 7)
        {
            case 0:
                script.Close(new ToolRequested(2, $"x{at}", "wait", "{}"), new ToolRejected($"x{at}", "wait", "{broken", "/seconds", "a number", "It is none.", 1)).Fail("malformed_call", "Malformed.", SessionStatus.Failed);
                break;
            case 1:
                script.Store(new TroubleRaised($"trb_{at}", "provider_cut")).Close(new TroubleHealed($"trb_{at}", "The provider answered again")).Fail("provider", "It broke off.", SessionStatus.Failed);
                break;
            case 2:
                break; // It streams.
            case 3:
                script.Close(new ToolRequested(2, $"y{at}", "wait", """{"seconds":9}""")).Store(new ToolStarted($"y{at}", "wait")).Store(new ToolOutputWritten($"y{at}", "1 of 9 s\n"));
                break; // The tool runs.
            case 4:
                script.Close(new ToolRequested(2, $"z{at}", "wait", "{}")).Asked($"z{at}", n % 2 == 0 ? ApprovalAnswer.Approved : ApprovalAnswer.Denied);
                script.Fail("cancelled", "Cancelled.", SessionStatus.Cancelled, new StopReport(["wait"], [], n));
                break;
            default:
                script.Close(new HistoryCut(1, 4)).Finish();
                break;
        }
    }

    private async Task EditAsync(string id, int n)
    {
        var who = n % 2 == 0 ? _bench.Scope : _other;
        var block = (await Shelf.GetAsync(who, id, Ct)).Block;
        // An old base and another text: a clash, or a merge.
        var edit = await Shelf.EditAsync(who, id, 1 + (n % block.Version), Title(n + 1), Content(block.Kind, n + 1), Ct);
        if (edit.IsClash && n % 3 == 0)
            await Shelf.SettleAsync(who, id, edit.Version, ClashChoice.UseShown, Ct);
    }

    private async Task PlaceAsync(int deed)
    {
        var board = _bench.Lab.Services.GetRequiredService<CanvasBoard>();
        var nodes = await board.ReadAsync(_bench.Scope, Project.Id, Ct);
        if (nodes.Count == 0)
            return;
        var id = nodes[deed % nodes.Count].Id;
        await board.MoveAsync(_bench.Scope, Project.Id, [new NodeMove(id, (deed * 7.25) - 9_000, deed / 3.0)], Ct);
        await board.ResizeAsync(_bench.Scope, Project.Id, id, 200 + (deed % 900), 100 + (deed % 800), Ct);
        await board.CollapseAsync(_bench.Scope, Project.Id, id, deed % 2 == 0, Ct);
    }

    /// <summary>Stores what the script wrote, as the runtime would have.</summary>
    private async Task StoreAsync(string sessionId, Script script)
    {
        var agent = _agents[script.Events.Count % _agents.Length].Id;
        var events = script.Events.Select(each => each with
        {
            TurnId = $"{sessionId}-{each.TurnId}",
            Data = each.Data is TurnStarted began ? began with { AgentId = agent } : each.Data,
        }).ToList();
        if (events.Count == 0)
            return;
        await _bench.WriteAsync(tx =>
        {
            var session = tx.Db.Find<Session>(sessionId)!;
            (session.LastSequence, session.TurnId) = (events.Count, events[^1].TurnId);
            foreach (var each in events)
                SessionRows.Insert(tx, sessionId, each);
            foreach (var each in events.Where(each => each.Data is TurnStarted))
            {
                var began = (TurnStarted)each.Data;
                SessionRows.InsertTurn(tx, new TurnRecord { Id = each.TurnId, SessionId = sessionId, MessageId = began.MessageId, Revision = began.Revision, TextHash = "", FirstSequence = each.Sequence });
            }
        });
    }

    private static BlockKind KindOf(int n) => (BlockKind)(n / 3 % 5);

    private static string Content(BlockKind kind, int n) => kind switch
    {
        BlockKind.Code => new CodeContent("python", $"a = {n}\n{Word(n)}").ToJson(),
        BlockKind.Table => new TableContent(["a", Word(n)], [["1", Word(n + 1)], [$"{n}", ""]]).ToJson(),
        BlockKind.Chart => new ChartContent(ChartType.Scatter, Word(n), null, [], [new ChartSeries(Word(n), [n, 0.1, 1e-9], [1, 2.5, -n])]).ToJson(),
        BlockKind.Image => new ImageContent("image/svg+xml", Word(n), Convert.ToBase64String(Encoding.UTF8.GetBytes($"<svg xmlns='http://www.w3.org/2000/svg'><!-- {n} --></svg>"))).ToJson(),
        _ => $"# {Word(n)}\n\n{n}\n",
    };
}
