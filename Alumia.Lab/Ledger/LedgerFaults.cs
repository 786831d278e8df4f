using System.Data;
using System.Data.Common;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Alumia.Lab.Ledger;

/// <summary>What must be true of the ledger, asked of the database in one snapshot. Each question answers with the rows that break it.</summary>
internal static class LedgerFaults
{
    private const int Most = 20;

    private const string OfOrgs = """
        SELECT org_id,
          SUM(CASE WHEN to_account = 'wallet' THEN amount WHEN from_account = 'wallet' THEN -amount ELSE 0 END) AS wallet,
          SUM(CASE WHEN to_account = 'held' THEN amount WHEN from_account = 'held' THEN -amount ELSE 0 END) AS held,
          SUM(CASE WHEN from_account = 'owed' THEN amount WHEN to_account = 'owed' THEN -amount ELSE 0 END) AS owed,
          SUM(CASE WHEN kind = 'deposit' THEN amount ELSE 0 END) AS deposited
        FROM transfer GROUP BY org_id
        """;

    private const string OfSteps = """
        SELECT step_id,
          SUM(CASE WHEN kind = 'hold' THEN amount ELSE 0 END) AS held,
          SUM(CASE WHEN to_account = 'held' THEN amount WHEN from_account = 'held' THEN -amount ELSE 0 END) AS open,
          SUM(CASE WHEN kind = 'charge' THEN amount ELSE 0 END) AS cost,
          SUM(CASE WHEN kind = 'fee' THEN amount ELSE 0 END) AS fee,
          SUM(CASE WHEN kind IN ('charge', 'fee') AND from_account <> 'writeoff' THEN amount ELSE 0 END) AS paid
        FROM transfer WHERE step_id IS NOT NULL GROUP BY step_id
        """;

    /// <summary>What is asked, in words, and how. The answer's one column says what is wrong.</summary>
    private static readonly (string Rule, string Sql)[] _rules =
    [
        ("Each balance is the sum of its transfers", $"""
            SELECT a.org_id || ': wallet ' || a.wallet || ', held ' || a.held || ', owed ' || a.owed || ', deposited ' || a.deposited || '; its transfers say '
              || COALESCE(t.wallet, 0) || ', ' || COALESCE(t.held, 0) || ', ' || COALESCE(t.owed, 0) || ', ' || COALESCE(t.deposited, 0)
            FROM org_accounts a LEFT JOIN ({OfOrgs}) t ON t.org_id = a.org_id
            WHERE a.wallet <> COALESCE(t.wallet, 0) OR a.held <> COALESCE(t.held, 0) OR a.owed <> COALESCE(t.owed, 0) OR a.deposited <> COALESCE(t.deposited, 0)
            """),
        ("No balance is below zero, and nobody has money and owes some", "SELECT org_id FROM org_accounts WHERE wallet < 0 OR held < 0 OR owed < 0 OR (owed > 0 AND wallet > 0)"),
        ("No transfer is without the accounts of its org", "SELECT DISTINCT t.org_id FROM transfer t LEFT JOIN org_accounts a ON a.org_id = t.org_id WHERE a.org_id IS NULL"),
        ("Every org has its accounts", "SELECT o.id FROM org o LEFT JOIN org_accounts a ON a.org_id = o.id WHERE a.org_id IS NULL"),
        ("Every transfer is positive and between two known accounts", """
            SELECT key FROM transfer WHERE amount <= 0 OR from_account = to_account
              OR from_account NOT IN ('wallet', 'held', 'owed', 'stripe', 'revenue', 'fees', 'writeoff') OR to_account NOT IN ('wallet', 'held', 'owed', 'stripe', 'revenue', 'fees', 'writeoff')
            """),
        ("The platform's books close: what came in is in wallets or was earned, less what is lent or written off", """
            SELECT 'in ' || p.came_in || ', with orgs ' || a.have || ', lent ' || a.owe || ', earned ' || p.earned || ', written off ' || p.lost
            FROM (SELECT COALESCE(SUM(CASE WHEN from_account = 'stripe' THEN amount WHEN to_account = 'stripe' THEN -amount ELSE 0 END), 0) AS came_in,
                    COALESCE(SUM(CASE WHEN to_account IN ('revenue', 'fees') THEN amount ELSE 0 END), 0) - COALESCE(SUM(CASE WHEN from_account IN ('revenue', 'fees') THEN amount ELSE 0 END), 0) AS earned,
                    COALESCE(SUM(CASE WHEN from_account = 'writeoff' THEN amount WHEN to_account = 'writeoff' THEN -amount ELSE 0 END), 0) AS lost FROM transfer) p,
                 (SELECT COALESCE(SUM(wallet + held), 0) AS have, COALESCE(SUM(owed), 0) AS owe FROM org_accounts) a
            WHERE p.came_in <> a.have - a.owe + p.earned - p.lost
            """),
        ("What is held is held for steps that run", """
            SELECT a.org_id || ': held ' || a.held || ', for steps ' || COALESCE(s.held, 0)
            FROM org_accounts a LEFT JOIN (SELECT org_id, SUM(held) AS held FROM metered_step WHERE ended_at_ms IS NULL GROUP BY org_id) s ON s.org_id = a.org_id
            WHERE a.held <> COALESCE(s.held, 0)
            """),
        ("Every step's money is in its transfers", $"""
            SELECT s.id FROM metered_step s LEFT JOIN ({OfSteps}) t ON t.step_id = s.id
            WHERE s.held <> COALESCE(t.held, 0) OR s.cost <> COALESCE(t.cost, 0) OR s.fee <> COALESCE(t.fee, 0) OR s.paid <> COALESCE(t.paid, 0)
              OR COALESCE(t.open, 0) <> CASE WHEN s.ended_at_ms IS NULL THEN s.held ELSE 0 END
            """),
        ("No transfer is of a step that is not there", "SELECT t.key FROM transfer t LEFT JOIN metered_step s ON s.id = t.step_id WHERE t.step_id IS NOT NULL AND s.id IS NULL"),
        ("Own keys and free providers move no money", "SELECT id FROM metered_step WHERE source <> 'platform' AND (held <> 0 OR cost <> 0 OR fee <> 0 OR paid <> 0)"),
    ];

    /// <summary>Counts orgs, transfers and steps, and finds every fault, all as of one moment.</summary>
    public static async Task<(long Orgs, long Transfers, long Steps, IReadOnlyList<string> Faults)> FindAsync(LabDbContext db, CancellationToken cancellation)
    {
        await db.Database.OpenConnectionAsync(cancellation);
        var connection = db.Database.GetDbConnection();
        var begin = connection is NpgsqlConnection ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";
        await RunAsync(connection, begin, cancellation);
        try
        {
            var faults = new List<string>();
            foreach (var (rule, sql) in _rules)
                faults.AddRange((await AllAsync(connection, sql, cancellation)).Select(found => $"{rule}: {found}"));
            var counts = await AllAsync(connection, "SELECT (SELECT COUNT(*) FROM org_accounts) || ' ' || (SELECT COUNT(*) FROM transfer) || ' ' || (SELECT COUNT(*) FROM metered_step)", cancellation);
            var numbers = counts[0].Split(' ').Select(long.Parse).ToArray();
            return (numbers[0], numbers[1], numbers[2], faults);
        }
        finally
        {
            await RunAsync(connection, "ROLLBACK", CancellationToken.None); // The connection is lent, and goes back.
            await db.Database.CloseConnectionAsync();
        }
    }

    private static async Task<List<string>> AllAsync(DbConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"{sql} LIMIT {Most}";
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellation);
        var rows = new List<string>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(reader.GetString(0));
        return rows;
    }

    private static async Task RunAsync(DbConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
