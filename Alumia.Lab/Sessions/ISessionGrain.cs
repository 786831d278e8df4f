using Alumia.Lab.Sessions.Cluster;

namespace Alumia.Lab.Sessions;

/// <summary>The one place in the cluster where a session runs. A thin shell around <see cref="SessionCore"/>; no call lasts a turn.</summary>
[Alias("Alumia.Lab.Session")]
internal interface ISessionGrain : IGrainWithStringKey
{
    [Alias("Send")]
    Task<GrainReply<Sent>> SendAsync(NewMessage message, string? userId);

    /// <summary>Makes the session, with its first message.</summary>
    [Alias("Begin")]
    Task<GrainReply<SessionBegun>> BeginAsync(SessionStart start, NewMessage message);

    [Alias("Cancel")]
    Task<GrainReply<bool>> CancelAsync();

    /// <summary>Answers a call that asks for approval.</summary>
    [Alias("Answer")]
    Task<GrainReply<bool>> AnswerAsync(string callId, ApprovalAnswer answer, string? reason, string? userId);

    /// <summary>Ends one running call, and not its turn.</summary>
    [Alias("CancelCall")]
    Task<GrainReply<bool>> CancelCallAsync(string callId);

    /// <summary>Ends the call that the parked turn waits in, with this error.</summary>
    [Alias("GiveUp")]
    Task<GrainReply<bool>> GiveUpAsync(string callId, string error);

    [Alias("Resume")]
    Task<GrainReply<bool>> ResumeAsync(string why, bool onlyParked);

    [Alias("Next")]
    Task<GrainReply<bool>> NextAsync();

    /// <summary>The copy that ran it is gone: its turn is closed with what was saved.</summary>
    [Alias("Recover")]
    Task<GrainReply<bool>> RecoverAsync();

    /// <summary>The feed of the turn that runs here, from its beginning to its end; nothing where none does.</summary>
    [Alias("Follow")]
    IAsyncEnumerable<FeedPart> FollowAsync(CancellationToken cancellation);
}

/// <summary>A grain's answer, or the "no" that it met: refusals travel as data.</summary>
[GenerateSerializer, Immutable]
internal sealed record GrainReply<T>([property: Id(0)] T? Value, [property: Id(1)] RefusalKind? Refused = null, [property: Id(2)] string? Message = null)
{
    /// <summary>The value; throws the refusal where there was one.</summary>
    public T Take() => Refused is { } kind ? throw new Refusal(kind, Message!) : Value!;
}
