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
    private readonly AsyncLocal<Turn?> _turn = new();

    public SqliteWriter(LabDbContexts contexts, ChangeFeed feed, TimeProvider clock)
    {
        (_contexts, _feed, _clock) = (contexts, feed, clock);
        Start(1, Run);
    }

    protected override bool IsInsideExclusive => _turn.Value is { IsOver: false };

    public override async Task Exclusive(Func<Task> work, CancellationToken cancellation = default)
    {
        if (IsInsideExclusive)
        {
            await work();
            return;
        }
        var turn = new Turn(cancellation);
        Enqueue(turn);
        await turn.Given;
        _turn.Value = turn;
        try
        {
            await work();
        }
        finally
        {
            turn.End();
        }
    }

    private void Run(WorkQueue<Item> queue)
    {
        SqliteConnection? connection = null;
        Tx? tx = null;
        var batch = new List<Work>(MaxBatch);
        while (queue.Take(out var first))
        {
            batch.Clear();
            var next = (Item?)first;
            do
            {
                if (next is not Work work)
                    break;
                batch.Add(work);
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
            if (next is Turn turn)
                turn.GiveAndWait();
        }
        tx?.Close();
        connection?.Dispose();
    }

    private void Commit(Tx tx, List<Work> batch)
    {
        tx.Run("BEGIN IMMEDIATE");
        foreach (var item in batch)
        {
            if (item.IsCancelled)
            {
                item.Fail(new OperationCanceledException());
                continue;
            }
            tx.Run("SAVEPOINT work");
            if (!item.Run(tx))
                tx.Run("ROLLBACK TO work");
            tx.Run("RELEASE work");
            tx.Forget();
        }
        tx.Run("COMMIT");
        var changed = new HashSet<string>();
        foreach (var item in batch)
        {
            changed.UnionWith(item.Changed);
            item.Complete();
        }
        _feed.Publish(changed);
    }

    private SqliteConnection Open()
    {
        // Not from the pool: a pooled connection that failed would come back with its transaction still open.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(_contexts.ConnectionString) { Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        // The undo log of a savepoint is memory's: a temporary file for each would be made and deleted.
        command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000; PRAGMA temp_store=MEMORY;";
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>The turn of a library's store: the writer's own thread, which nobody else needs, waits until it is over.</summary>
    private sealed class Turn(CancellationToken cancellation) : Item
    {
        private readonly TaskCompletionSource _given = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _over = new();

        internal Task Given => _given.Task;

        internal bool IsOver => _over.Task.IsCompleted;

        internal override bool IsCancelled => cancellation.IsCancellationRequested;

        internal void GiveAndWait()
        {
            if (IsCancelled)
            {
                _given.SetCanceled(cancellation);
                return;
            }
            _given.SetResult();
            _over.Task.Wait(CancellationToken.None);
        }

        internal void End() => _over.TrySetResult();
    }
}
