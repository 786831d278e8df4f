namespace Alumia.Lab.Sessions;

/// <summary>Where a session stands. The words that people and clients see are those of <see cref="SessionStatuses.Word"/>.</summary>
public enum SessionStatus
{
    Idle,
    Active,
    AwaitingPeer,
    AwaitingApproval,
    AwaitingConnector,
    AwaitingProvider,
    AwaitingFunds,
    PaymentRequired,
    LimitReached,
    Failed,
    Cancelled,
    Interrupted,
}

/// <summary>The one table of which status may follow which, and the words.</summary>
public static class SessionStatuses
{
    private static readonly SessionStatus[] _parked =
    [
        SessionStatus.AwaitingPeer, SessionStatus.AwaitingApproval, SessionStatus.AwaitingConnector, SessionStatus.AwaitingProvider,
        SessionStatus.AwaitingFunds, SessionStatus.PaymentRequired, SessionStatus.LimitReached,
    ];

    private static readonly SessionStatus[] _ended = [SessionStatus.Idle, SessionStatus.Failed, SessionStatus.Cancelled, SessionStatus.Interrupted];

    /// <summary>A turn is under way, but waits for something outside; it wakes when its wake condition is true.</summary>
    public static bool IsParked(this SessionStatus status) => Array.IndexOf(_parked, status) >= 0;

    /// <summary>A turn is under way, running or parked.</summary>
    public static bool IsLive(this SessionStatus status) => status == SessionStatus.Active || status.IsParked();

    /// <summary>The word of the API and the document: <c>awaiting_peer</c>.</summary>
    public static string Word(this SessionStatus status) => status switch
    {
        SessionStatus.Idle => "idle",
        SessionStatus.Active => "active",
        SessionStatus.AwaitingPeer => "awaiting_peer",
        SessionStatus.AwaitingApproval => "awaiting_approval",
        SessionStatus.AwaitingConnector => "awaiting_connector",
        SessionStatus.AwaitingProvider => "awaiting_provider",
        SessionStatus.AwaitingFunds => "awaiting_funds",
        SessionStatus.PaymentRequired => "payment_required",
        SessionStatus.LimitReached => "limit_reached",
        SessionStatus.Failed => "failed",
        SessionStatus.Cancelled => "cancelled",
        SessionStatus.Interrupted => "interrupted",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    /// <summary>The status of a word; throws for any other text.</summary>
    public static SessionStatus Parse(string word) => Enum.GetValues<SessionStatus>().First(status => status.Word() == word);

    /// <summary>Whether the table allows this move.</summary>
    public static bool MayBecome(this SessionStatus from, SessionStatus to) => from switch
    {
        // An ended turn is followed by a new one, or by the resuming of the old.
        _ when _ended.Contains(from) => to == SessionStatus.Active,
        // A running turn ends or parks.
        SessionStatus.Active => to != SessionStatus.Active,
        // A parked turn wakes, is cancelled, or fails.
        _ => to is SessionStatus.Active or SessionStatus.Cancelled or SessionStatus.Failed,
    };
}
