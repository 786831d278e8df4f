using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Ledger;

/// <summary>What an audit found.</summary>
/// <param name="AtMs">When it began, UTC ms.</param>
/// <param name="Orgs">How many orgs have accounts.</param>
/// <param name="Transfers">How many transfers were added up.</param>
/// <param name="Steps">How many steps were compared with theirs.</param>
/// <param name="Faults">Each breaks a rule; empty where the ledger is right.</param>
public sealed record AuditReport(long AtMs, long Orgs, long Transfers, long Steps, IReadOnlyList<string> Faults)
{
    public bool IsRight => Faults.Count == 0;
}

/// <summary>Proves the ledger's invariants when the lab starts and every day after. It changes nothing: a fault is told, loudly, and a person puts it right by a reversal.</summary>
public sealed class LedgerAudit(IDbContextFactory<LabDbContext> contexts, TimeProvider clock, ILogger<LedgerAudit> log) : BackgroundService
{
    /// <summary>The time between two audits.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromDays(1);

    private static readonly TimeSpan _afterFailure = TimeSpan.FromMinutes(10);
    private AuditReport? _last;

    /// <summary>What the last audit found; null before the first has ended.</summary>
    public AuditReport? Last => Volatile.Read(ref _last);

    /// <summary>Audits now. Readers and writers go on meanwhile; what is found is of one moment.</summary>
    public async Task<AuditReport> RunAsync(CancellationToken cancellation = default)
    {
        var atMs = clock.NowMs();
        await using var db = contexts.CreateDbContext();
        var (orgs, transfers, steps, faults) = await LedgerFaults.FindAsync(db, cancellation);
        var report = new AuditReport(atMs, orgs, transfers, steps, faults);
        Volatile.Write(ref _last, report);
        if (report.IsRight && transfers > 0)
            log.LogInformation("The ledger is right: {Orgs} orgs, {Transfers} transfers, {Steps} steps", orgs, transfers, steps);
        foreach (var fault in faults)
            log.LogCritical("THE LEDGER IS WRONG. {Fault}", fault);
        return report;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // The lab does not wait for it.
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Every;
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "The ledger could not be audited; it is tried again");
                wait = _afterFailure;
            }
            await Task.Delay(wait, clock, stoppingToken);
        }
    }
}
