using Alumia.Lab.Api;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Billing;

/// <summary>The API's billing: a key reads it, and only a signed-in browser changes it.</summary>
internal static class BillingEndpoints
{
    private const int Recent = 10;

    public static void MapBillingApi(this WebApplication app)
    {
        var billing = app.ApiGroup("billing");
        billing.MapGet("", ReadAsync).Needs(KeyScopes.Read).WithSummary("Tells the balance, the month's usage and recent transactions");
        billing.MapPatch("", async (BillingWish wish, ApiCaller caller, TopUps topUps, BillingReading reading, CancellationToken cancellation) =>
        {
            await topUps.ChangeAsync(caller.Scope, new TopUpEdit(wish.AutoTopupEnabled, wish.AutoTopupThresholdCents, wish.AutoTopupAmountCents, wish.AutoTopupMonthlyCapCents), cancellation);
            return await ReadAsync(caller, reading, cancellation);
        }).WithMetadata(new BrowserOnly()).WithSummary("Changes auto top-up; a signed-in browser alone may");
        billing.MapPost("/deposit", async (DepositWish wish, ApiCaller caller, Deposits deposits, CancellationToken cancellation) =>
        {
            var begun = await deposits.StartAsync(caller.Scope, wish.AmountCents, wish.ReturnTo, wish.SavePaymentMethod, cancellation);
            return Envelope.Of(new DepositBody(begun.Address, begun.SessionId, begun.DepositId));
        }).WithMetadata(new BrowserOnly()).WithSummary("Opens a payment page for a deposit; a signed-in browser alone may");
        billing.MapGet("/transactions", async ([AsParameters] PageQuery page, ApiCaller caller, Balances balances, ProjectDirectory projects, CancellationToken cancellation) =>
        {
            var seen = await SeenAsync(projects, caller.Scope, cancellation);
            var read = await balances.TransactionsAsync(caller.Scope, TransactionFilter.All, page.Before(), page.Size() + 1, cancellation);
            return page.Of(read, line => line.Id, line => TransactionBody.Of(line, seen));
        }).Needs(KeyScopes.Read).WithSummary("Lists transactions, the last booked first");
        billing.MapGet("/pricing", async (ApiCaller caller, ModelCatalogue models, Balances balances, CancellationToken cancellation) =>
        {
            var rate = PlatformFee.RateFor((await balances.OfAsync(caller.Scope, cancellation)).Deposited);
            return Envelope.List(models.Models.Select(model => PriceBody.Of(model, rate)));
        }).Needs(KeyScopes.Read).WithSummary("Lists what models cost, the platform's fee in it where it applies");
        billing.MapSpending();
    }

    private static async Task<Ok<Envelope<BillingBody>>> ReadAsync(ApiCaller caller, BillingReading reading, CancellationToken cancellation) =>
        Envelope.Of(await reading.ReadAsync(caller.Scope, Recent, cancellation));

    /// <summary>The projects that the caller may see.</summary>
    internal static async Task<IReadOnlySet<string>> SeenAsync(ProjectDirectory projects, OrgScope scope, CancellationToken cancellation) =>
        (await projects.IdsAsync(scope, cancellation)).ToHashSet();
}
