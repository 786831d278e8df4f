using Alumia.Lab.Storage;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sessions;

/// <summary>How a run of a call came out: it ended, or it waits.</summary>
internal sealed record CallEnd(ToolEnding Ending, ToolOutput Output)
{
    public CallEnd(string error) : this(ToolEnding.Error, new ToolOutput.Error(error))
    {
    }

    /// <summary>What is stored of it, in the transaction that stores it.</summary>
    public Appending Store(Tx tx, SessionRuntime runtime, LiveCall live, ToolRequested requested, IEnumerable<SessionEvent> session)
    {
        var output = Output is ToolOutput.Decided decided ? decided.Decide(tx) : Output;
        return output switch
        {
            ToolOutput.Park park => Wait(tx, park, live.Who),
            ToolOutput.Result result => End(Ending, result.Text, result.BlockId),
            ToolOutput.Error error => End(Ending == ToolEnding.Ok ? ToolEnding.Error : Ending, error.Message, null),
            _ => throw new InvalidOperationException($"{output.GetType().Name} is no end of a call."),
        };

        Appending End(ToolEnding ending, string text, string? block)
        {
            if (text.Length > runtime.Options.MaxResultCharacters)
                text = string.Concat(text.AsSpan(0, runtime.Options.MaxResultCharacters), "\n(The rest was left out: the result is too long.)");
            var finished = new ToolFinished(requested.CallId, requested.Tool, ending, text, runtime.Clock.NowMs() - live.Call.SinceMs, block);
            return new Appending(ToolEnds.Store(tx, live, finished, requested, session));
        }
    }

    private static Appending Wait(Tx tx, ToolOutput.Park park, TurnIdentity who)
    {
        Waker.Park(tx, new WakeCondition
        {
            SessionId = who.SessionId,
            OrgId = who.OrgId,
            TurnId = who.TurnId,
            Kind = park.Kind,
            Key = park.Key,
            DueAtMs = park.DueAtMs,
            Arguments = park.Arguments,
        });
        return new Appending(park.Trouble is { } trouble ? [new TroubleRaised(trouble.Id, trouble.Kind)] : [], park.For == Awaited.Peer ? SessionStatus.AwaitingPeer : SessionStatus.AwaitingConnector, park.Why);
    }
}
