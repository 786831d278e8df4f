using Npgsql;

namespace Alumia.Lab.Storage;

/// <summary>PostgreSQL takes many writers: a bounded set of threads, each with one connection, runs each work as a plain transaction.</summary>
public sealed class PostgresWriter : Writer
{
    /// <summary>
    /// A process that stands still within a work (SIGSTOP, a suspended machine) holds its rows while its connection lives; the others, who declare it dead
    /// meanwhile, would wait for them for ever. After so long the server ends its transaction, and the process finds its connection broken.
    /// </summary>
    private const string Patience = "SET idle_in_transaction_session_timeout = '10s'";
    private readonly LabDbContexts _contexts;
    private readonly PostgresFeed _feed;
    private readonly TimeProvider _clock;

    public PostgresWriter(LabDbContexts contexts, PostgresFeed feed, TimeProvider clock, int threads)
    {
        (_contexts, _feed, _clock) = (contexts, feed, clock);
        Start(threads, Run);
    }

    /// <summary>Stores of libraries write beside the others here.</summary>
    public override Task Exclusive(Func<Task> work, CancellationToken cancellation = default) =>
        cancellation.IsCancellationRequested ? Task.FromCanceled(cancellation) : work();

    private void Run(WorkQueue<Item> queue)
    {
        Session? session = null;
        while (queue.Take(out var item))
        {
            var work = (Work)item;
            if (work.IsCancelled)
            {
                work.Fail(new OperationCanceledException());
                continue;
            }
            try
            {
                session = Begin(session);
                Commit(session.Tx, work);
            }
#pragma warning disable CA1031 // The writer outlives any failure: the work is told, and a new connection is opened.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                work.Fail(exception);
                session?.Dispose();
                session = null;
            }
        }
        session?.Dispose();
    }

    /// <summary>Begins on the open connection; where that was lost since the last work, on a new one, for nothing of this work has run yet.</summary>
    private Session Begin(Session? open)
    {
        if (open is not null)
        {
            try
            {
                open.Tx.Run("BEGIN");
                return open;
            }
            catch (NpgsqlException)
            {
                open.Dispose();
            }
        }
        var session = new Session(_contexts, _clock);
        session.Tx.Run("BEGIN");
        return session;
    }

    private void Commit(Tx tx, Work work)
    {
        var ran = work.Run(tx);
        tx.Run(ran ? "COMMIT" : "ROLLBACK");
        tx.Forget();
        work.Complete();
        if (ran)
            _feed.Tell(work.Changed);
    }

    /// <summary>One thread's connection, kept for its life and so not from the pool.</summary>
    private sealed class Session : IDisposable
    {
        private readonly NpgsqlConnection _connection;

        internal Session(LabDbContexts contexts, TimeProvider clock)
        {
            _connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(contexts.ConnectionString) { Pooling = false }.ToString());
            _connection.Open();
            using (var patience = new NpgsqlCommand(Patience, _connection))
                patience.ExecuteNonQuery();
            Tx = new Tx(_connection, () => contexts.Create(SaveRule.Directly, _connection), clock);
        }

        internal Tx Tx { get; }

        public void Dispose()
        {
            Tx.Close();
            _connection.Dispose();
        }
    }
}
