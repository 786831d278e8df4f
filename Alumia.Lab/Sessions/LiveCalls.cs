using System.Collections.Concurrent;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sessions;

/// <summary>The tool calls that run in this process.</summary>
internal sealed class LiveCalls(ChangeFeed changes)
{
    /// <summary>Told, in this process alone, when a call begins.</summary>
    public const string Key = "live-calls";

    private readonly ConcurrentDictionary<(string Session, string Call), LiveCall> _calls = new();

    public IReadOnlyCollection<LiveCall> All => [.. _calls.Values];

    public LiveCall? Find(string sessionId, string callId) => _calls.GetValueOrDefault((sessionId, callId));

    public LiveCall Begin(EventLog log, TurnIdentity who, ITool tool, ToolCall call, long startedAtMs)
    {
        var live = new LiveCall(log, who, tool, call, startedAtMs, Remove);
        _calls[(who.SessionId, call.Id)] = live;
        changes.Publish([Key, SessionWaits.Key(who.OrgId)]);
        return live;
    }

    private void Remove(LiveCall call)
    {
        _calls.TryRemove(new((call.Who.SessionId, call.Call.Id), call));
        changes.Publish([SessionWaits.Key(call.Who.OrgId)]);
    }
}

/// <summary>A tool call that runs: since when, what it last printed, and its own cancel.</summary>
internal sealed class LiveCall(EventLog log, TurnIdentity who, ITool tool, ToolCall call, long startedAtMs, Action<LiveCall> remove) : IDisposable
{
    private const int MostKept = 4_000;
    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _lock = new();
    private string _printed = "";
    private long? _printedAtMs;
    private bool _isCancelled;

    public EventLog Log => log;

    public TurnIdentity Who => who;

    public ITool Tool => tool;

    public ToolCall Call => call;

    /// <summary>UTC ms.</summary>
    public long StartedAtMs => startedAtMs;

    /// <summary>The end of its partial output, and when the last of it came (UTC ms); null where none has.</summary>
    public (string Text, long? AtMs) Printed
    {
        get
        {
            lock (_lock)
                return (_printed, _printedAtMs);
        }
    }

    /// <summary>A person has ended this call.</summary>
    public bool IsCancelled => Volatile.Read(ref _isCancelled);

    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>When people were last told that it is slow, in UTC ms; null while they were not. Read and written inside the log's turn, or by the one who watches.</summary>
    public long? ToldSlowAtMs { get; set; }

    /// <summary>Its end is stored. Set inside the log's turn.</summary>
    public bool HasEnded { get; set; }

    public void Print(string text, long atMs)
    {
        lock (_lock)
        {
            var all = _printed + text;
            (_printed, _printedAtMs) = (all.Length > MostKept ? all[^MostKept..] : all, atMs);
        }
    }

    /// <summary>Ends the call; false where it has ended or was cancelled before.</summary>
    public bool Cancel()
    {
        if (HasEnded || Interlocked.Exchange(ref _isCancelled, true))
            return false;
        try
        {
            _ = _cancel.CancelAsync();
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false; // It ended in that very moment.
        }
    }

    public void Dispose()
    {
        remove(this);
        _cancel.Dispose();
    }
}
