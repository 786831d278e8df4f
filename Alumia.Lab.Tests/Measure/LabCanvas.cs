using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Measure;

/// <summary>The lab with a project that holds the graph: a session for each agent, with a short turn behind it, and a document block for each document.</summary>
internal sealed class LabCanvas : ISubject
{
    // Scripts and styles as a published lab sends them: kept by the browser. Only Development has the demo's way in.
    private static readonly Dictionary<string, string?> _asPublished = new() { ["EnableStaticAssetsDevelopmentCaching"] = "true", ["ReloadStaticAssetsAtRuntime"] = "false" };
    private readonly Bench _bench;
    private readonly SampleGraph _graph;

    private LabCanvas(Bench bench, SampleGraph graph) => (_bench, _graph) = (bench, graph);

    public string Name => "Alumia Lab";

    public Uri Address => _bench.Lab.Address;

    public string Path => $"/{_bench.Scope.OrgSlug}/lab/{_bench.Project.Id}";

    public Anatomy Anatomy => new("[data-canvas]", ".diagram-html-layer", ".diagram-canvas", ".diagram-node", ".diagram-node[data-node-id^=\"ses_\"]", "path[data-from]",
        "[data-canvas][data-far=\"true\"] > .far-view", string.Join(", ", _graph.Streaming.Select(node => $"[data-node-id=\"{IdOf(node)}\"]")));

    public static async Task<LabCanvas> StartAsync(SampleGraph graph)
    {
        var bench = await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = _asPublished }));
        var canvas = new LabCanvas(bench, graph);
        foreach (var piece in graph.Nodes.Chunk(100))
            await bench.WriteAsync(tx => canvas.Put(tx, piece));
        return canvas;
    }

    public Task EnterAsync(IPage page) => Demo.EnterAsync(page);

    public async Task StartStreamingAsync()
    {
        foreach (var node in _graph.Streaming)
            await _bench.SendAsync(IdOf(node), "Tell me all. [[long 12000]] [[pace 100]]");
    }

    /// <summary>Ends it, so that another page can be measured in quiet.</summary>
    public async Task StopStreamingAsync()
    {
        foreach (var node in _graph.Streaming)
            await _bench.Conversations.CancelAsync(_bench.Scope, IdOf(node), TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private static string IdOf(SampleNode node) => node.IsDocument ? $"blk_{node.Number:00000}" : $"ses_{node.Number:00000}";

    private void Put(Tx tx, IEnumerable<SampleNode> nodes)
    {
        foreach (var node in nodes)
        {
            tx.Db.Add(new Placement
            {
                ProjectId = _bench.Project.Id,
                NodeId = IdOf(node),
                OrgId = _bench.Scope.OrgId,
                X = node.X,
                Y = node.Y,
                Width = node.Width,
                Height = node.Height,
            });
            if (node.IsDocument)
                PutDocument(tx, node);
            else
                PutSession(tx, node);
        }
    }

    private void PutDocument(Tx tx, SampleNode node)
    {
        tx.Db.Add(new Block
        {
            Id = IdOf(node),
            OrgId = _bench.Scope.OrgId,
            ProjectId = _bench.Project.Id,
            SessionId = IdOf(_graph.Nodes[node.Maker!.Value]),
            Kind = BlockKind.Document,
            Title = node.Name,
            CreatedAtMs = tx.NowMs,
            UpdatedAtMs = tx.NowMs,
            Version = 1,
        });
        tx.Db.Add(new BlockVersion
        {
            BlockId = IdOf(node),
            Version = 1,
            Title = node.Name,
            Content = string.Join("\n\n", SampleGraph.Paragraphs),
            By = AuthorKind.Agent,
            ById = _bench.Ala.Id,
            AtMs = tx.NowMs,
        });
    }

    private void PutSession(Tx tx, SampleNode node)
    {
        var (id, turn, ala) = (IdOf(node), $"{IdOf(node)}-1", _bench.Ala);
        SessionEventData[] events =
        [
            new TurnStarted("m1", 1, $"Message {node.Number}", _bench.Scope.UserId, ala.Id, ala.ModelId), new StatusChanged(SessionStatus.Idle, SessionStatus.Active),
            new StepStarted(1, ala.ModelId), new TextWritten(1, $"Answer {node.Number}."),
            new UsageRecorded(1, ala.ModelId, "StandIn", 10, 0, 10, 0, false, 5, 50), new TurnFinished("stop"), new StatusChanged(SessionStatus.Active, SessionStatus.Idle),
        ];
        tx.Db.Add(new Session
        {
            Id = id,
            OrgId = _bench.Scope.OrgId,
            ProjectId = _bench.Project.Id,
            AgentId = ala.Id,
            Label = node.Name,
            MakerId = _bench.Scope.UserId,
            TurnId = turn,
            LastSequence = events.Length,
            CreatedAtMs = tx.NowMs,
            UpdatedAtMs = tx.NowMs,
        });
        tx.Db.SaveChanges();
        SessionRows.InsertTurn(tx, new TurnRecord { Id = turn, SessionId = id, MessageId = "m1", Revision = 1, TextHash = SessionRows.Hash($"Message {node.Number}"), FirstSequence = 1 });
        for (var i = 0; i < events.Length; i++)
            SessionRows.Insert(tx, id, new SessionEvent(i + 1, turn, tx.NowMs, events[i]));
    }
}
