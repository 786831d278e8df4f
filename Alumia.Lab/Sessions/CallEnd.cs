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
    public Appending Store(Tx tx, ToolRequested requested, ToolContext context, long durationMs, int mostCharacters)
    {
        var output = Output is ToolOutput.Decided decided ? decided.Decide(tx) : Output;
        return output switch
        {
            ToolOutput.Park park => Wait(tx, park, context),
            ToolOutput.Result result => End(Ending, result.Text, result.BlockId),
            ToolOutput.Error error => End(Ending == ToolEnding.Ok ? ToolEnding.Error : Ending, error.Message, null),
            _ => throw new InvalidOperationException($"{output.GetType().Name} is no end of a call."),
        };

        Appending End(ToolEnding ending, string text, string? block)
        {
            if (text.Length > mostCharacters)
                text = string.Concat(text.AsSpan(0, mostCharacters), "\n(The rest was left out: the result is too long.)");
            return new Appending([new ToolFinished(requested.CallId, requested.Tool, ending, text, durationMs, block)]);
        }
    }

    private static Appending Wait(Tx tx, ToolOutput.Park park, ToolContext context)
    {
        Waker.Park(tx, new WakeCondition
        {
            SessionId = context.SessionId,
            OrgId = context.OrgId,
            TurnId = context.TurnId,
            Kind = park.Kind,
            Key = park.Key,
            DueAtMs = park.DueAtMs,
            Arguments = park.Arguments,
        });
        return new Appending([], park.For == Awaited.Peer ? SessionStatus.AwaitingPeer : SessionStatus.AwaitingConnector, park.Why);
    }
}
