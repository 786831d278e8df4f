using Alumia.Lab.Offline.Services.Gmail;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Offline.Services;

/// <summary>A mail that was sent by way of the stand-in.</summary>
internal sealed record SentMail(string Id, string Account, string From, string To, string Subject, string Text, long AtMs);

/// <summary>All mail that was sent, of every account: it goes nowhere but here.</summary>
internal sealed class Outbox(IDbContextFactory<LabDbContext> contexts)
{
    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<SentMail>> ListAsync(int most, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var rows = await db.Set<ServiceObject>().Where(row => row.Kind == Mail.Kind).OrderByDescending(row => row.CreatedAtMs).ToListAsync(cancellation);
        return [.. rows.Select(row => (row.Account, Mail: ServiceStore.Read<Mail>(row.Json))).Where(pair => pair.Mail.Labels.Contains(Mail.Sent)).Take(most)
            .Select(pair => new SentMail(pair.Mail.Id, pair.Account, pair.Mail.From, pair.Mail.To, pair.Mail.Subject, pair.Mail.Text, pair.Mail.AtMs))];
    }
}
