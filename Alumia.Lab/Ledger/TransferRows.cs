using Alumia.Lab.Storage;

namespace Alumia.Lab.Ledger;

/// <summary>Reads single transfers inside a transaction.</summary>
internal static class TransferRows
{
    public static Transfer? Find(Tx tx, string key) => tx.One(
        "SELECT org_id, from_account, to_account, amount, kind, at_ms, step_id, reverses FROM transfer WHERE key = @key",
        row => new Transfer
        {
            Key = key,
            OrgId = row.GetString(0),
            From = LedgerWords.Account(row.GetString(1)),
            To = LedgerWords.Account(row.GetString(2)),
            Amount = row.GetInt64(3),
            Kind = LedgerWords.Kind(row.GetString(4)),
            AtMs = row.GetInt64(5),
            StepId = row.IsDBNull(6) ? null : row.GetString(6),
            Reverses = row.IsDBNull(7) ? null : row.GetString(7),
        }, ("key", key));

    public static bool IsReversed(Tx tx, string key) => tx.One("SELECT 1 FROM transfer WHERE reverses = @key", _ => true, ("key", key));
}
