using System.Collections.Concurrent;
using Npgsql;

namespace Alumia.Lab.Storage;

/// <summary>PostgreSQL takes many writers: a bounded set of threads, each with one connection, runs each work as a plain transaction.</summary>
public sealed class PostgresWriter : Writer
{
    /// <summary>The channel on which committed change keys travel; a payload holds keys separated by line breaks, under 8,000 bytes.</summary>
    internal const string Channel = "lab_changes";
    private const int MaxPayload = 7_000;
    private readonly LabDbContexts _contexts;
    private readonly TimeProvider _clock;

    public PostgresWriter(LabDbContexts contexts, TimeProvider clock, int threads)
    {
        (_contexts, _clock) = (contexts, clock);
        Start(threads, Run);
    }

    /// <summary>Stores of libraries write beside the others here.</summary>
    public override Task Exclusive(Func<Task> work, CancellationToken cancellation = default) => work();

    private void Run(BlockingCollection<Item> queue)
    {
        NpgsqlConnection? connection = null;
        Tx? tx = null;
        foreach (var item in queue.GetConsumingEnumerable())
        {
            if (item.IsCancelled)
            {
                item.Fail(new OperationCanceledException());
                continue;
            }
            try
            {
                if (connection is null)
                {
                    connection = new NpgsqlConnection(_contexts.ConnectionString);
                    connection.Open();
                    var opened = connection;
                    tx = new Tx(opened, () => _contexts.Create(SaveRule.Directly, opened), _clock);
                }
                Commit(tx!, item);
            }
#pragma warning disable CA1031 // The writer outlives any failure: the work is told, and a new connection is opened.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                item.Fail(exception);
                tx?.Close();
                connection?.Dispose();
                (tx, connection) = (null, null);
            }
        }
        tx?.Close();
        connection?.Dispose();
    }

    private static void Commit(Tx tx, Item item)
    {
        tx.Run("BEGIN");
        if (item.Run(tx))
        {
            foreach (var payload in Payloads(item.Changed))
                tx.Run("SELECT pg_notify('" + Channel + "', @payload)", ("payload", payload));
            tx.Run("COMMIT");
        }
        else
        {
            tx.Run("ROLLBACK");
        }
        tx.Forget();
        item.Complete();
    }

    private static IEnumerable<string> Payloads(IEnumerable<string> keys)
    {
        var payload = "";
        foreach (var key in keys)
        {
            if (payload.Length + key.Length + 1 > MaxPayload)
            {
                yield return payload;
                payload = "";
            }
            payload = payload.Length == 0 ? key : payload + "\n" + key;
        }
        if (payload.Length > 0)
            yield return payload;
    }
}
