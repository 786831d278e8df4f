using System.Diagnostics;
using Alumia.Lab.Tests.Harness;
using Microsoft.Data.Sqlite;

namespace Alumia.Lab.Tests.Measure.Ledger;

/// <summary>What the machine does without a lab: one thread and one connection with full durability, transactions of two rows each, 32 of them in a commit.</summary>
internal static class RawSqlite
{
    private const int Batch = 32;

    /// <summary>Transactions a second.</summary>
    public static double Run(TimeSpan duration)
    {
        using var folder = new TempFolder();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder.Path, "raw.db"), Pooling = false }.ToString());
        connection.Open();
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        Execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, account TEXT NOT NULL, amount INTEGER NOT NULL, at_ms INTEGER NOT NULL)");
        using var begin = Command("BEGIN IMMEDIATE");
        using var commit = Command("COMMIT");
        using var insert = Command("INSERT INTO entry (account, amount, at_ms) VALUES (@account, @amount, @at)");
        var (account, amount, at) = (insert.Parameters.Add("account", SqliteType.Text), insert.Parameters.Add("amount", SqliteType.Integer), insert.Parameters.Add("at", SqliteType.Integer));
        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < duration)
        {
            begin.ExecuteNonQuery();
            for (var i = 0; i < Batch; i++, count++)
            {
                foreach (var sign in (ReadOnlySpan<int>)[-1, 1])
                {
                    (account.Value, amount.Value, at.Value) = (sign < 0 ? "wallet" : "revenue", sign * 1_000L, (long)count);
                    insert.ExecuteNonQuery();
                }
            }
            commit.ExecuteNonQuery();
        }
        return count / watch.Elapsed.TotalSeconds;

        SqliteCommand Command(string sql)
        {
            var command = connection.CreateCommand();
            command.CommandText = sql;
            return command;
        }

        void Execute(string sql)
        {
            using var command = Command(sql);
            command.ExecuteNonQuery();
        }
    }
}
