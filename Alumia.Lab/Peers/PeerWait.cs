using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Peers;

/// <summary>What <c>check_messages</c> waits for.</summary>
/// <param name="OnlyFrom">Only a message of this session ends the wait; null where anybody's does.</param>
/// <param name="For">The sessions whose messages it waits for; empty for anybody's.</param>
/// <param name="SinceMs">Since when, in UTC ms.</param>
internal sealed record PeerWait(string? OnlyFrom, IReadOnlyList<string> For, long SinceMs)
{
    /// <summary>The kind of the wake condition.</summary>
    public const string Kind = "peer";

    /// <summary>The wait of a session that is parked for peers; null for any other.</summary>
    public static PeerWait? Of(Participant session) => session.Wait is { Kind: Kind } wait ? Of(wait) : null;

    public static PeerWait Of(WakeCondition condition) => JsonSerializer.Deserialize<PeerWait>(condition.Arguments, JsonSerializerOptions.Web)!;

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Whether a message of this session ends it.</summary>
    public bool EndsBy(string sessionId) => OnlyFrom is null || OnlyFrom == sessionId;
}

/// <summary>Wakes a session that waits for peers: a message has come for it, or a person has written to it.</summary>
internal sealed class PeerWake(IDbContextFactory<LabDbContext> contexts) : IWakeChecker
{
    public string Kind => PeerWait.Kind;

    public async Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation)
    {
        var from = PeerWait.Of(condition).OnlyFrom;
        await using var db = contexts.CreateDbContext();
        return await db.Set<PeerMessage>().AnyAsync(message => message.OrgId == condition.OrgId && message.ToSessionId == condition.SessionId && message.DeliveredAtMs == null
                && (from == null || message.FromSessionId == from), cancellation)
            || await Participants.IsSpokenToAsync(db, condition.SessionId, cancellation);
    }
}
