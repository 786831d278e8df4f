using System.Collections.Concurrent;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Sharing;

/// <summary>
/// Makes of a session's events what a visitor may have of them. Every kind is written anew here from what is let through; a kind that is not known
/// here says nothing. Numbers and lengths stay, since cursors count them.
/// </summary>
/// <remarks><c>openTools</c> are the tools whose details are seen, <c>agents</c> the names of agents by their ids.</remarks>
internal sealed class ShareFilter(SharedParts parts, IReadOnlySet<string> openTools, IReadOnlyDictionary<string, string> agents)
{
    /// <summary>A tool's details are withheld: no JSON of its own.</summary>
    public const string Nothing = "{}";

    private static readonly TroubleHealed _silence = new("", "");

    // The tool of each call by its turn: output names the call alone, and providers give the same ids to calls of other turns.
    private readonly ConcurrentDictionary<(string TurnId, string CallId), string> _tools = new();
    private readonly bool _hasMessages = parts.HasFlag(SharedParts.Messages);

    public bool IsOpen(string tool) => openTools.Contains(tool);

    public EventPage Of(EventPage page) => page with { Events = [.. page.Events.Select(Of)] };

    public IReadOnlyList<Frame> Of(IReadOnlyList<Frame> frames) => [.. frames.Select(Of)];

    private Frame Of(Frame frame) => frame switch
    {
        EventFrame stored => new EventFrame(Of(stored.Event)),
        DeltaFrame delta when delta.IsReasoning || !_hasMessages => delta with { Text = new string(' ', delta.Text.Length) },
        DeltaFrame or CutFrame or CaughtUpFrame => frame,
        _ => throw new InvalidOperationException($"It is not said what a visitor may have of a {frame.GetType().Name}."),
    };

    private SessionEvent Of(SessionEvent stored) => stored with { Data = Of(stored.TurnId, stored.Data) };

    private SessionEventData Of(string turnId, SessionEventData data) => data switch
    {
        TurnStarted it => new TurnStarted(it.MessageId, it.Revision, Words(it.Text), null, agents.GetValueOrDefault(it.AgentId, "Agent"), "", null,
            it.From is { } peer ? new PeerOrigin(peer.SessionId, "", peer.Name, peer.IsAnswer) : null),
        TurnResumed => new TurnResumed(""),
        StepStarted it => new StepStarted(it.Step, ""),
        TextWritten it => new TextWritten(it.Step, Words(it.Text)),
        ReasoningWritten it => new ReasoningWritten(it.Step, ""), // It may quote the system prompt.
        UsageRecorded it => new UsageRecorded(it.Step, "", "", 0, 0, 0, 0, false, null, 0, it.FinishReason),
        StatusChanged it => new StatusChanged(it.From, it.To),
        TurnFinished it => new TurnFinished(it.Reason),
        TurnFailed it => new TurnFailed(it.Code == "cancelled" ? it.Code : "failed", ""),
        _ => OfTool(turnId, data),
    };

    private SessionEventData OfTool(string turnId, SessionEventData data)
    {
        switch (data)
        {
            case ToolRequested it:
                _tools[(turnId, it.CallId)] = it.Tool;
                return new ToolRequested(it.Step, it.CallId, it.Tool, IsOpen(it.Tool) ? it.Arguments : Nothing);
            case ToolRejected it:
                _tools[(turnId, it.CallId)] = it.Tool;
                return IsOpen(it.Tool) ? it : new ToolRejected(it.CallId, it.Tool, Nothing, "", "", "", it.Attempt);
            case ApprovalRequested it:
                return new ApprovalRequested(it.CallId, it.Tool);
            case ApprovalAnswered it:
                return new ApprovalAnswered(it.CallId, it.Tool, it.Answer, null, null);
            case ToolStarted it:
                return new ToolStarted(it.CallId, it.Tool, it.Writes);
            case ToolOutputWritten it:
                return new ToolOutputWritten(it.CallId, _tools.TryGetValue((turnId, it.CallId), out var tool) && IsOpen(tool) ? it.Text : "");
            case ToolFinished it:
                return new ToolFinished(it.CallId, it.Tool, it.Ending, IsOpen(it.Tool) ? it.Result : "", it.DurationMs, parts.HasFlag(SharedParts.Blocks) ? it.BlockId : null);
            default:
                return _silence; // A trouble, a history that was cut, or what is new: none of a visitor's business.
        }
    }

    private string Words(string text) => _hasMessages ? text : "";
}
