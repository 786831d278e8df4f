using Alumia.Lab.Storage;

namespace Alumia.Lab.Tools;

/// <summary>For what a call waits: the session's status says it.</summary>
public enum Awaited
{
    /// <summary><c>awaiting_peer</c></summary>
    Peer,
    /// <summary><c>awaiting_connector</c></summary>
    Connector,
}

public abstract partial record ToolOutput
{
    /// <summary>
    /// The call waits for something outside, and nothing runs meanwhile: the turn parks, across restarts of the lab too. When what it waits for
    /// has come, or its time is over, the same call is run again, knowing since when it runs (<see cref="ToolCall.SinceMs"/>).
    /// </summary>
    /// <param name="For">What the session's status says.</param>
    /// <param name="Kind">Names the checker that tells whether it has come.</param>
    /// <param name="Why">What it waits for, in words for people.</param>
    /// <param name="Key">The change keys after which it is checked, with spaces between.</param>
    /// <param name="DueAtMs">When the wait ends by itself, in UTC ms; null for never.</param>
    /// <param name="Arguments">What the checker needs, as JSON.</param>
    public sealed record Park(Awaited For, string Kind, string Why, string Key = "", long? DueAtMs = null, string Arguments = "{}") : ToolOutput
    {
        /// <summary>The trouble that was raised for it, in the transaction that parks: its card stands in the turn. It is healed when the turn goes on.</summary>
        public (string Id, string Kind)? Trouble { get; init; }
    }

    /// <summary>The end (or <see cref="Park"/>), found inside the transaction that stores it: what is read and written there is so, or nothing of it.
    /// A <see cref="Refusal"/> that it throws is the call's error.</summary>
    public sealed record Decided(Func<Tx, ToolOutput> Decide) : ToolOutput;
}
