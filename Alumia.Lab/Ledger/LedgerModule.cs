using Alumia.Lab.Organizations;

namespace Alumia.Lab.Ledger;

public static class LedgerModule
{
    public static WebApplicationBuilder AddLedger(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IOrgFounded, LedgerFounder>();
        builder.Services.AddSingleton<Balances>();
        builder.Services.AddSingleton<LedgerAudit>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LedgerAudit>());
        builder.Services.AddHostedService<AbandonedHolds>();
        return builder;
    }
}
