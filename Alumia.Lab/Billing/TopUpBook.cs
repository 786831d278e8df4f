using Alumia.Lab.Storage;

namespace Alumia.Lab.Billing;

/// <summary>What the end of a charge means for auto top-up: it goes on, pauses, or switches itself off.</summary>
internal static class TopUpBook
{
    /// <summary>After so many failures in a row it is off.</summary>
    public const int MostFailures = 3;

    private const long ShortestPauseMs = 60_000;

    public static void Credited(Tx tx, Deposit deposit)
    {
        if (deposit.Kind == DepositKind.TopUp && tx.Db.Find<TopUpSettings>(deposit.OrgId) is { } settings)
            (settings.Failures, settings.PausedUntilMs) = (0, null);
    }

    public static void Failed(Tx tx, Deposit deposit)
    {
        if (deposit.Kind != DepositKind.TopUp)
            return;
        tx.Hold($"top-up:{deposit.OrgId}"); // Two that fail at once are two failures.
        if (tx.Db.Find<TopUpSettings>(deposit.OrgId) is not { } settings)
            return;
        settings.Failures++;
        settings.PausedUntilMs = tx.NowMs + (ShortestPauseMs << (2 * settings.Failures - 2)); // 1, 4, 16 minutes.
        tx.Changed(TopUps.Key(deposit.OrgId));
        if (settings.Failures < MostFailures || !settings.IsEnabled)
            return;
        settings.IsEnabled = false;
        BillingTroubles.TopUpStopped(tx, deposit);
    }
}
