using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Peers;

/// <summary>
/// Knocks at the sessions for which mail waits: one at rest begins a turn. At work it looks by itself when its turn ends, and a wait for peers has its
/// own wake condition. What nobody took is knocked for again at start and once a minute.
/// </summary>
internal sealed class Courier(IDbContextFactory<LabDbContext> contexts, ChangeFeed feed, IGrainFactory grains, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Courier> log)
    : DueWork(feed, lifetime, clock, log)
{
    protected override bool Concerns(string key) => key.StartsWith(PeerMail.MailPrefix, StringComparison.Ordinal);

    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        var sessions = keys.Count > 0 ? keys.Select(key => key[PeerMail.MailPrefix.Length..]).ToList() : await WaitingAsync(cancellation);
        await Task.WhenAll(sessions.Select(KnockAsync));
        return long.MaxValue;
    }

    /// <summary>Not only those at rest: a session may come to rest in this very moment, having looked before the mail was there.</summary>
    private async Task<List<string>> WaitingAsync(CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<PeerMessage>() // Of every org: on behalf of the lab.
            .Where(message => message.DeliveredAtMs == null).Select(message => message.ToSessionId).Distinct().ToListAsync(cancellation);
    }

    /// <summary>What one session cannot do must not keep the others waiting.</summary>
    private async Task KnockAsync(string sessionId)
    {
        try
        {
            await grains.GetGrain<ISessionGrain>(sessionId).NextAsync();
        }
#pragma warning disable CA1031 // It is tried again with the next sweep.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.LogError(exception, "Session {Session} could not take its mail", sessionId);
        }
    }
}
