using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Billing;

public static class BillingModule
{
    public static WebApplicationBuilder AddBilling(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.Configure<StripeOptions>(builder.Configuration.GetSection("Stripe"));
        services.AddSingleton<StripeAccess>();
        services.AddSingleton<Customers>();
        services.AddSingleton<SavedMethods>();
        services.AddSingleton<Checkout>();
        services.AddSingleton<TopUpCharge>();
        services.AddSingleton<ReadBack>();
        services.AddSingleton<Deposits>();
        services.AddSingleton<TopUps>();
        services.AddSingleton<Support>();
        services.AddSingleton<BillingReading>();

        services.AddSingleton<DepositFinder>();
        services.AddSingleton<IStripeEventHandler, CheckoutEvents>();
        services.AddSingleton<IStripeEventHandler, TopUpEvents>();
        services.AddSingleton<IStripeEventHandler, ChargeEvents>();
        services.AddSingleton<Webhooks>();
        services.AddHostedService<Reconciler>();
        services.AddHostedService<TopUpWatch>();

        services.AddSingleton<IFixHandler, CheckDepositFix>();
        services.AddSingleton<IFixHandler, ContactSupportFix>();
        services.AddSingleton<IFixHandler, OpenBillingFix>();
        services.AddSingleton(new TroubleKind(BillingTroubles.PendingKind, BillingTroubles.Section, CheckDepositFix.CheckDeposit, ContactSupportFix.ContactSupport) { IsMoney = true });
        services.AddSingleton(new TroubleKind(BillingTroubles.StoppedKind, BillingTroubles.Section, OpenBillingFix.OpenBilling) { IsMoney = true });
        return builder;
    }

    /// <summary>Refuses to let money that is worth nothing be spent where it would be real. Comes after the storage is prepared.</summary>
    /// <exception cref="StartupFault">A lab outside Development on a database with deposits of the stand-in.</exception>
    public static async Task PrepareBillingAsync(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
            return;
        await using var db = app.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext();
        var made = await db.Set<Deposit>().CountAsync(row => row.Source == MoneySource.StandIn); // Of every org: on behalf of the lab.
        if (made > 0)
        {
            throw new StartupFault($"This database holds {(made == 1 ? "1 deposit" : $"{made} deposits")} of stand-in money from Development, which is worth nothing. "
                + "Start with a new database (Storage:Directory or Storage:ConnectionString), or run this one in Development.");
        }
    }

    public static WebApplication MapBilling(this WebApplication app)
    {
        app.MapStripeWebhook();
        app.MapBillingApi();
        app.MapGet(TransactionsFile.Route, TransactionsFile.GetAsync).RequireAuthorization().ExcludeFromDescription();
        return app;
    }
}
