using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Billing;

/// <summary>Auto top-up as people see it. Cents.</summary>
/// <param name="IsEnabled">Whether it is on.</param>
/// <param name="ThresholdCents">A balance below this is topped up.</param>
/// <param name="AmountCents">How much is charged at a time.</param>
/// <param name="MonthlyCapCents">The most in a calendar month (UTC).</param>
/// <param name="ChargedThisMonthCents">How much of the cap is used.</param>
/// <param name="Method">The saved payment method, fit to be shown; null where there is none.</param>
/// <param name="Failures">How many charges failed in a row.</param>
public sealed record TopUpView(bool IsEnabled, long ThresholdCents, long AmountCents, long MonthlyCapCents, long ChargedThisMonthCents, string? Method, int Failures);

/// <summary>How auto top-up is to be; what is left out stays. Cents.</summary>
public sealed record TopUpEdit(bool? IsEnabled = null, long? ThresholdCents = null, long? AmountCents = null, long? MonthlyCapCents = null);

/// <summary>The settings of auto top-up: everybody in the org sees them, owners and admins change them.</summary>
public sealed class TopUps(IDbContextFactory<LabDbContext> contexts, Writer writer, StripeAccess stripe, Customers customers, SavedMethods methods, Audit audit, TimeProvider clock)
{
    public const long LeastThresholdCents = 100;
    public const long MostThresholdCents = 100_000;
    public const long MostMonthlyCapCents = 10_000_000;

    /// <summary>The change key of an org's settings.</summary>
    public static string Key(string orgId) => $"top-up:{orgId}";

    public async Task<TopUpView> GetAsync(OrgScope scope, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var settings = await db.In<TopUpSettings>(scope).SingleOrDefaultAsync(cancellation) ?? new TopUpSettings { OrgId = scope.OrgId };
        var monthAtMs = MonthAtMs(clock.NowMs());
        var charged = await db.In<Deposit>(scope).Where(row => row.Kind == DepositKind.TopUp && row.Status != DepositStatus.Failed && row.CreatedAtMs >= monthAtMs).SumAsync(row => row.AmountCents, cancellation);
        var customer = stripe.Connection is { } connection ? await customers.FindAsync(scope.OrgId, connection.Source, cancellation) : null;
        return new TopUpView(settings.IsEnabled, settings.ThresholdCents, settings.AmountCents, settings.MonthlyCapCents, charged, customer?.MethodLabel, settings.Failures);
    }

    /// <summary>Changes them. Switching on needs a saved payment method.</summary>
    /// <exception cref="Refusal">Not an owner or admin, a figure out of its bounds, or nothing saved to charge.</exception>
    public async Task<TopUpView> ChangeAsync(OrgScope scope, TopUpEdit edit, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Admin);
        if (edit.IsEnabled is true)
            await RequireMethodAsync(scope, cancellation);
        await writer.Write(tx =>
        {
            OrgQueries.Lock(tx, scope.OrgId);
            var settings = tx.Db.Find<TopUpSettings>(scope.OrgId);
            if (settings is null)
                tx.Db.Add(settings = new TopUpSettings { OrgId = scope.OrgId });
            settings.ThresholdCents = edit.ThresholdCents ?? settings.ThresholdCents;
            settings.AmountCents = edit.AmountCents ?? settings.AmountCents;
            settings.MonthlyCapCents = edit.MonthlyCapCents ?? settings.MonthlyCapCents;
            settings.IsEnabled = edit.IsEnabled ?? settings.IsEnabled;
            Check(settings);
            (settings.Failures, settings.PausedUntilMs) = (0, null);
            BillingTroubles.TopUpMended(tx, scope.OrgId, settings.IsEnabled ? "Auto top-up was switched on again" : "Auto top-up was set by hand");
            audit.Write(tx, scope, "billing.auto_top_up", settings.IsEnabled ? "on" : "off",
                $"below {Cents.Text(settings.ThresholdCents)}, {Cents.Text(settings.AmountCents)} at a time, at most {Cents.Text(settings.MonthlyCapCents)} a month");
            tx.Changed(Key(scope.OrgId));
        }, cancellation);
        return await GetAsync(scope, cancellation);
    }

    /// <summary>When the month of an instant began, in UTC.</summary>
    internal static long MonthAtMs(long nowMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        return new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    }

    private async Task RequireMethodAsync(OrgScope scope, CancellationToken cancellation)
    {
        var source = stripe.Required.Source;
        if (await customers.FindAsync(scope.OrgId, source, cancellation) is not { MethodId: not null })
            await methods.TryLearnAsync(scope.OrgId, source, cancellation);
        if (await customers.FindAsync(scope.OrgId, source, cancellation) is not { MethodId: not null })
            throw Refusal.Conflict("There is no saved payment method. Add funds once and keep the payment method for auto top-up.");
    }

    private static void Check(TopUpSettings settings)
    {
        if (settings.ThresholdCents is < LeastThresholdCents or > MostThresholdCents)
            throw Refusal.Invalid("autoTopupThresholdCents", $"The threshold is {Cents.Text(LeastThresholdCents)} to {Cents.Text(MostThresholdCents)}.");
        if (settings.AmountCents is < Deposits.LeastCents or > Deposits.MostCents)
            throw Refusal.Invalid("autoTopupAmountCents", $"The amount is {Cents.Text(Deposits.LeastCents)} to {Cents.Text(Deposits.MostCents)}.");
        if (settings.MonthlyCapCents < settings.AmountCents || settings.MonthlyCapCents > MostMonthlyCapCents)
            throw Refusal.Invalid("autoTopupMonthlyCapCents", $"The monthly cap is at least one amount, and at most {Cents.Text(MostMonthlyCapCents)}.");
    }
}
