using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;

namespace Alumia.Lab.Billing;

/// <summary>Puts together what <c>GET /billing</c> tells.</summary>
public sealed class BillingReading(Balances balances, TopUps topUps, StripeAccess stripe, ProjectDirectory projects, TimeProvider clock)
{
    /// <summary>The org's money now, with so many of the last transactions.</summary>
    public async Task<BillingBody> ReadAsync(OrgScope scope, int recent, CancellationToken cancellation)
    {
        var balance = await balances.OfAsync(scope, cancellation);
        var topUp = await topUps.GetAsync(scope, cancellation);
        var spending = await balances.SpendingAsync(scope, Month.Of(clock.NowMs()), cancellation);
        var seen = await BillingEndpoints.SeenAsync(projects, scope, cancellation);
        var connection = stripe.Connection;
        return new BillingBody(
            BalanceBody.Of(balance, topUp), new WaiverBody(balance.IsFeeWaived, Money.Cents(balance.WaiverRemaining)),
            new ConfiguredBody(connection is not null, connection?.Source == MoneySource.Live, topUp.Method is not null),
            new TopUpBody(topUp.MonthlyCapCents, topUp.ChargedThisMonthCents, topUp.Method, topUp.Failures),
            [.. spending.Usage.Select(UsageBody.Of)],
            [.. (await balances.TransactionsAsync(scope, TransactionFilter.All, null, recent, cancellation)).Select(line => TransactionBody.Of(line, seen))]);
    }
}
