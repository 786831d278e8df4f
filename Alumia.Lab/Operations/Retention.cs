using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Organizations;
using Alumia.Lab.Peers;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Operations;

/// <summary>
/// Deletes for good what is older than <c>Retention:Days</c>: sessions at rest with all that is theirs, blocks that a person had deleted, and healed troubles.
/// Each batch is one transaction with its line in the org's audit trail. Money, the audit trail and the blocks that stand on a canvas are never touched.
/// </summary>
internal sealed class Retention(
    Writer writer, WorkspaceSweep folders, Audit audit, IOptions<RetentionOptions> options, ChangeFeed feed, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Retention> log)
    : DueWork(feed, lifetime, clock, log)
{
    private const int Batch = 50;
    private const long EveryMs = 3_600_000;
    private const long DayMs = 86_400_000;
    private long _dueMs;

    protected override bool Concerns(string key) => false;

    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        if (options.Value.Days == 0)
            return long.MaxValue;
        if (Clock.NowMs() < _dueMs)
            return _dueMs;
        var beforeMs = Clock.NowMs() - (options.Value.Days * DayMs);
        var sessions = await SessionsAsync(beforeMs, cancellation);
        var blocks = await BlocksAsync(beforeMs, cancellation);
        var troubles = await TroublesAsync(beforeMs, cancellation);
        var swept = await folders.RunAsync(cancellation);
        if (sessions + blocks + troubles + swept > 0)
            Log.LogInformation("Retention of {Days} days: {Sessions} sessions, {Folders} folders, {Blocks} deleted blocks and {Troubles} healed troubles are gone", options.Value.Days, sessions, swept, blocks, troubles);
        return _dueMs = Clock.NowMs() + EveryMs;
    }

    private async Task<int> SessionsAsync(long beforeMs, CancellationToken cancellation)
    {
        var sum = 0;
        for (string? after = ""; after is not null;)
        {
            (var count, after) = await writer.Write(tx =>
            {
                var (gone, next) = SessionForgetting.Forget(tx, beforeMs, after!, Batch);
                foreach (var session in gone)
                {
                    PeerMail.Forget(tx, session.ProjectId, session.Id);
                    BlockShelf.Unjoin(tx, session.Id);
                    TroubleLog.ForgetSession(tx, session.Id);
                    CanvasBoard.Forget(tx, session.ProjectId, session.Id);
                }
                Tell(tx, gone.CountBy(session => session.OrgId), "session");
                return (gone.Count, next);
            }, cancellation);
            sum += count;
        }
        return sum;
    }

    private async Task<int> BlocksAsync(long beforeMs, CancellationToken cancellation)
    {
        var sum = 0;
        for (var count = Batch; count == Batch; sum += count)
        {
            count = await writer.Write(tx =>
            {
                var gone = BlockShelf.ForgetDeleted(tx, beforeMs, Batch);
                foreach (var block in gone)
                    CanvasBoard.Forget(tx, block.ProjectId, block.Id);
                Tell(tx, gone.CountBy(block => block.OrgId), "deleted block");
                return gone.Count;
            }, cancellation);
        }
        return sum;
    }

    private async Task<int> TroublesAsync(long beforeMs, CancellationToken cancellation)
    {
        var sum = 0;
        for (var count = Batch; count == Batch; sum += count)
            count = await writer.Write(tx => TroubleLog.ForgetHealed(tx, beforeMs, Batch), cancellation);
        return sum;
    }

    private void Tell(Tx tx, IEnumerable<KeyValuePair<string, int>> counts, string what)
    {
        foreach (var (orgId, count) in counts)
            audit.Write(tx, orgId, Audit.Lab, "retention.deleted", count == 1 ? $"1 {what}" : $"{count} {what}s", $"untouched for {options.Value.Days} days");
    }
}
