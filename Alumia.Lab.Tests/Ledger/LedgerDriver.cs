using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(LedgerDriver))]

namespace Alumia.Lab.Tests.Ledger;

/// <summary>
/// Does deeds of the ledger in a lab that runs as a process of its own, so that it can be killed among them. The lab itself has no part of it.
/// Every deed may be sent again: a sender that heard no answer does not know whether it was done.
/// </summary>
public sealed class LedgerDriver : IHostingStartup, IStartupFilter
{
    public const string Path = "/ledger-driver";

    public void Configure(IWebHostBuilder builder) => builder.ConfigureServices(services => services.AddSingleton<IStartupFilter>(this));

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Map(Path, driver => driver.Run(AnswerAsync));
        next(app);
    };

    private static async Task AnswerAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var deed = (await context.Request.ReadFromJsonAsync<Deed>())!;
        var answer = deed.What == DeedKind.Audit
            ? string.Join('\n', (await services.GetRequiredService<LedgerAudit>().RunAsync()).Faults)
            : await services.GetRequiredService<Writer>().Write(tx => Do(tx, deed));
        await context.Response.WriteAsync(answer);
    }

    private static string Do(Tx tx, Deed deed)
    {
        var usage = new TokenUsage(deed.Input, 0, deed.Output);
        switch (deed.What)
        {
            case DeedKind.Found:
                if (tx.One("SELECT 1 FROM org_accounts WHERE org_id = @org", _ => true, ("org", deed.Org)))
                    return "";
                tx.Run("INSERT INTO org (id, slug, name, created_at_ms) VALUES (@org, @org, @org, 1)", ("org", deed.Org));
                LedgerBook.Found(tx, deed.Org);
                return "";
            case DeedKind.Credit:
                return LedgerBook.Credit(tx, deed.Org, deed.Amount, deed.Key, "Deposit").ToString();
            case DeedKind.TakeBack:
                return LedgerBook.TakeBack(tx, deed.Org, deed.Amount, deed.Key, "Refund").ToString();
            case DeedKind.Reverse:
                return LedgerBook.Reverse(tx, deed.Key, deed.Key + "/undone", "Undone").ToString();
            case DeedKind.Hold:
                // As a session does that comes back: a hold that is there is its own.
                if (LedgerBook.OpenOf(tx, deed.Key)?.Id == deed.Key)
                    return nameof(HoldOutcome.Held);
                return LedgerBook.Hold(tx, new StepOrder(deed.Org, deed.Key, "agt_1", "prj_1", deed.Key, null, "acme/large", "acme", Purse.Price, StepSource.Platform), usage).Outcome.ToString();
            case DeedKind.Grow:
                return LedgerBook.Grow(tx, deed.Key, usage).Outcome.ToString();
            case DeedKind.Settle:
                return LedgerBook.Settle(tx, deed.Key, usage, false, StepStop.Finished).Cost.ToString(System.Globalization.CultureInfo.InvariantCulture);
            case DeedKind.Release:
                return LedgerBook.Release(tx, deed.Key).ToString();
            default:
                throw new ArgumentOutOfRangeException(nameof(deed));
        }
    }
}

public enum DeedKind
{
    Found,
    Credit,
    TakeBack,
    Reverse,
    Hold,
    Grow,
    Settle,
    Release,
    Audit,
}

/// <summary>Something to be done in an org; the key is a transfer's, or a step's id.</summary>
public sealed record Deed(DeedKind What, string Org, string Key, long Amount = 0, long Input = 0, long Output = 0);
