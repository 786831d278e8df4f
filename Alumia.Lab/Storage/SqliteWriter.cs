using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Alumia.Lab.Storage;

/// <summary>
/// SQLite has one writer, so all works share one thread and one connection: it takes what waits, opens
/// <c>BEGIN IMMEDIATE</c> (a read that upgrades to a write would fail as busy), gives each work a savepoint,
/// and commits them together with <c>synchronous=FULL</c>.
/// </summary>
public sealed class SqliteWriter : Writer
{
    private const int MaxBatch = 256;
    private readonly LabDbContexts _contexts;
    private readonly ChangeFeed _feed;
    private readonly TimeProvider _clock;

    public SqliteWriter(LabDbContexts contexts, ChangeFeed feed, TimeProvider clock)
    {
        (_contexts, _feed, _clock) = (contexts, feed, clock);
        Start(1, Run);
    }

    public override Task Exclusive(Func<Task> work, CancellationToken cancellation = default)
    {
        var item = new ExclusiveItem(work, cancellation);
        Enqueue(item);
        return item.Task;
    }

    private void Run(BlockingCollection<Item> queue)
    {
        SqliteConnection? connection = null;
        Tx? tx = null;
        var batch = new List<Item>(MaxBatch);
        foreach (var first in queue.GetConsumingEnumerable())
        {
            batch.Clear();
            var next = first;
            do
            {
                if (next.IsExclusive)
                    break;
                batch.Add(next);
                next = null;
            }
            while (batch.Count < MaxBatch && queue.TryTake(out next));
            try
            {
                connection ??= Open();
                tx ??= new Tx(connection, () => _contexts.Create(SaveRule.Directly, connection), _clock);
                if (batch.Count > 0)
                    Commit(tx, batch);
            }
#pragma warning disable CA1031 // The writer outlives any failure: each work of the batch is told, and a new connection is opened.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                foreach (var item in batch)
                    item.Fail(exception);
                tx?.Close();
                connection?.Dispose();
                (tx, connection) = (null, null);
            }
            if (next is { IsExclusive: true })
                next.Run(tx!);
        }
        tx?.Close();
        connection?.Dispose();
    }

    private void Commit(Tx tx, List<Item> batch)
    {
        foreach (var item in batch.Where(item => item.IsCancelled))
            item.Fail(new OperationCanceledException());
        var works = batch.Where(item => !item.IsDone).ToList();
        tx.Run("BEGIN IMMEDIATE");
        foreach (var item in works)
        {
            tx.Run("SAVEPOINT work");
            if (!item.Run(tx))
                tx.Run("ROLLBACK TO work");
            tx.Run("RELEASE work");
            tx.Forget();
        }
        tx.Run("COMMIT");
        var changed = new HashSet<string>();
        foreach (var item in works)
        {
            changed.UnionWith(item.Changed);
            item.Complete();
        }
        _feed.Publish(changed);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_contexts.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000;";
        command.ExecuteNonQuery();
        return connection;
    }

    private sealed class ExclusiveItem(Func<Task> work, CancellationToken cancellation) : Item
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Task => _done.Task;

        internal override bool IsExclusive => true;

        internal override bool IsCancelled => cancellation.IsCancellationRequested;

        internal override bool IsDone => _done.Task.IsCompleted;

        internal override bool Run(Tx tx)
        {
            try
            {
                // The writer's own thread, which nobody else needs, waits for the library.
                System.Threading.Tasks.Task.Run(work, cancellation).GetAwaiter().GetResult();
                _done.SetResult();
            }
#pragma warning disable CA1031 // The library's failure belongs to its caller.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _done.SetException(exception);
            }
            return true;
        }

        internal override void Complete() => _done.TrySetResult();

        internal override void Fail(Exception exception) => _done.TrySetException(exception);
    }
}
