using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Alumia.Lab.Chat;

/// <summary>A project's chat: its sessions, and one of them, live. What people do stands in <c>ChatPanel.Deeds.cs</c>.</summary>
public sealed partial class ChatPanel(IChatHost host, ChangeFeed changes, TimeProvider clock, IJSRuntime js, ILogger<ChatPanel> log) : IAsyncDisposable
{
    private readonly List<IDisposable> _subscriptions = [];
    private readonly CancellationTokenSource _gone = new();
    private readonly PageScript _scroller = new(js);
    private CancellationTokenSource _left = new();
    private (OrgScope?, string?, string?) _shown;
    private LiveSession? _live;
    private SessionStatus? _announced;
    private string _announcement = "";
    private IReadOnlyList<Session> _sessions = [];
    private Session? _session;
    private bool _isElsewhere;
    private Dictionary<string, Agent> _agents = [];
    private IReadOnlyDictionary<string, string> _people = new Dictionary<string, string>();
    private IReadOnlyList<Trouble> _troubles = [];
    private int _troublesVersion;
    private IReadOnlyList<QueuedMessage> _queue = [];
    private bool _isStandIn;
    private bool _isReading;
    private bool _isStale;

    /// <summary>The last message was put into the composer, as the address asks.</summary>
    private bool _hasTaken;
    private ElementReference _view;
    private ElementReference _flow;

    [CascadingParameter]
    public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public string ProjectId { get; set; } = "";

    /// <summary>The session that is open; null for a new one.</summary>
    [Parameter]
    public string? SessionId { get; set; }

    [Parameter]
    public EventCallback<string?> SessionIdChanged { get; set; }

    /// <summary>The last message is to be put into the composer, to be written anew.</summary>
    [Parameter]
    public bool EditsLast { get; set; }

    /// <summary>That was done.</summary>
    [Parameter]
    public EventCallback LastTaken { get; set; }

    private SessionStatus Status => _live?.Transcript.Status?.To ?? _session?.Status ?? SessionStatus.Idle;

    private bool MayAct => Scope.Can(OrgRole.Member);

    private string? WhyNot => !MayAct ? "You are a viewer here: you can read, and an admin of the organization can let you write."
        : GoneWhy is not null ? "This session cannot go on here. Begin a new chat." : null;

    /// <summary>Why the session of the address is not shown.</summary>
    private string? GoneWhy => _live?.Refusal ?? (_isElsewhere ? "This project has no such session." : null);

    private string DraftKey => $"alumia:draft:{SessionId ?? $"new:{ProjectId}"}";

    private Agent? ChosenAgent => _agents.GetValueOrDefault(_session?.AgentId ?? _agentId ?? "") ?? _agents.Values.FirstOrDefault(agent => agent.IsAla) ?? _agents.Values.FirstOrDefault();

    /// <summary>Troubles that no turn here tells of; healed ones stay with their turn.</summary>
    private IEnumerable<Trouble> LooseTroubles => _troubles.Where(trouble =>
        trouble.HealedAtMs is null && _live?.Transcript.Turns.Any(turn => turn.Troubles.Exists(mark => mark.Id == trouble.Id)) != true);

    public async ValueTask DisposeAsync()
    {
        Leave();
        _left.Dispose();
        await _gone.CancelAsync();
        _gone.Dispose();
        await _scroller.DisposeAsync();
    }

    protected override async Task OnParametersSetAsync()
    {
        _hasTaken &= EditsLast;
        if (_shown == (Scope, ProjectId, SessionId))
            return;
        (_shown, _hasTaken) = ((Scope, ProjectId, SessionId), false);
        Leave();
        (_session, _isElsewhere, _troubles, _queue, _refusal, _limit, _editing, _announced, _showsFiles) = (null, false, [], [], null, null, null, null, false);
        Listen(Conversations.ListKey(ProjectId));
        Listen(TroubleLog.Key(Scope.OrgId));
        Listen(AgentDirectory.ListKey(Scope.OrgId));
        if (SessionId is { } sessionId)
        {
            Listen(Conversations.Key(sessionId));
            _live = new LiveSession(new HostReader(host, Scope), sessionId, clock, OnPageAsync, log);
            _ = _live.RunAsync(_left.Token);
        }
        await ReadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await TakeLastAsync();
        if (firstRender)
            await _scroller.ImportAsync($"./{Assets["js/chat.js"]}", "scroller", _view, _flow);
    }

    private Task OnPageAsync(Action change) => InvokeAsync(() =>
    {
        if (_gone.IsCancellationRequested)
            return;
        change();
        Announce();
        StateHasChanged();
    });

    /// <summary>Tells people who listen when an answer begins and ends, and not each word of it.</summary>
    private void Announce()
    {
        if (_live is not { IsLoaded: true })
            return;
        if (_announced is { } before && before != Status)
            _announcement = Words.Announce(Status);
        _announced = Status;
    }

    private void Listen(string key) => _subscriptions.Add(changes.Subscribe(key, () => _ = InvokeAsync(ReadAsync)));

    private void Leave()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
        _subscriptions.Clear();
        _left.Cancel();
        _left.Dispose();
        _left = new CancellationTokenSource();
        _live = null;
    }

    /// <summary>Reads all but the messages; while a reading is under way, once more after it.</summary>
    private async Task ReadAsync()
    {
        _isStale = true;
        if (_isReading)
            return;
        _isReading = true;
        try
        {
            while (_isStale && !_gone.IsCancellationRequested)
            {
                _isStale = false;
                await ReadOnceAsync(SessionId, _gone.Token);
                StateHasChanged();
            }
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (Exception exception) when (_gone.IsCancellationRequested && exception is OperationCanceledException or ObjectDisposedException)
        {
            // The panel went away in mid-reading.
        }
        finally
        {
            _isReading = false;
        }
    }

    private async Task ReadOnceAsync(string? sessionId, CancellationToken cancellation)
    {
        _agents = (await host.AgentsAsync(Scope, cancellation)).ToDictionary(agent => agent.Id);
        _people = await host.PeopleAsync(Scope, cancellation);
        _sessions = await host.SessionsAsync(Scope, ProjectId, cancellation);
        var session = _sessions.FirstOrDefault(session => session.Id == sessionId);
        IReadOnlyList<Trouble> troubles = [];
        IReadOnlyList<QueuedMessage> queue = [];
        try
        {
            if (session is not null)
                (troubles, queue) = (await host.TroublesAsync(Scope, session.Id, cancellation), await host.QueueAsync(Scope, session.Id, cancellation));
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            session = null; // Deleted since the list was read; no message of this person was refused.
        }
        if (sessionId != SessionId)
            return;
        (_troubles, _queue, _troublesVersion) = (troubles, queue, _troublesVersion + 1);
        (_session, _isElsewhere) = (session, sessionId is not null && session is null);
        _isStandIn = (_session?.ModelId ?? _modelId ?? ChosenAgent?.ModelId) is { } modelId && await host.IsStandInAsync(Scope, modelId, cancellation);
    }

    private string Author(TurnView turn) => turn.From is { } peer ? $"From {peer.Name}" : turn.UserId switch
    {
        null => turn.Author ?? "API client",
        var id when id == Scope.UserId => "You",
        var id => _people.GetValueOrDefault(id, "A former member"),
    };

    /// <summary>A card in the flow tells what is wrong and has the ways out: the line under it would only say it again.</summary>
    private bool HasCard => _troubles.Any(trouble => trouble.HealedAtMs is null);

    private List<Trouble> TroublesOf(TurnView turn) =>
        turn.Troubles.Count == 0 ? [] : [.. _troubles.Where(trouble => turn.Troubles.Exists(mark => mark.Id == trouble.Id))];
}
