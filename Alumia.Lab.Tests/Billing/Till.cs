using System.Collections.Concurrent;
using System.Globalization;
using Alumia.Lab.Billing;
using Alumia.Lab.Ledger;
using Alumia.Lab.Offline;
using Alumia.Lab.Offline.Stripe;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Billing;

/// <summary>A running lab with its stand-in for Stripe, and what tests of money coming in need at hand. Its clock only ever goes forward.</summary>
internal sealed class Till(LabHost lab) : IAsyncDisposable
{
    public const string Card = "4242 4242 4242 4242", Declined = "4000 0000 0000 0002", DeclinedLater = "4000 0000 0000 0341", Bank = "000123456789", BadBank = "000222222227";

    public LabHost Lab { get; } = lab;

    public Deposits Deposits => Get<Deposits>();

    public TopUps TopUps => Get<TopUps>();

    public StripePayments Payments => Get<StripePayments>();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<Till> StartAsync(StorageProvider provider, Dictionary<string, string?>? settings = null) =>
        new(await LabHost.StartAsync(new LabHostOptions { Settings = await Bench.SettingsAsync(provider, new(settings ?? []) { ["Support:Contact"] = "help@example.com" }) }));

    public T Get<T>() where T : notnull => Lab.Services.GetRequiredService<T>();

    public Task<OrgScope> FoundAsync(string name) => People.FoundAsync(Lab, name);

    public Task SetAsync(string name, string value) => Get<OfflineDesk>().SetAsync(name, value, Ended);

    /// <summary>Moves the lab's clock.</summary>
    public Task ForwardAsync(int minutes) => SetAsync(OfflineSwitches.Clock, (Get<OfflineDesk>().Number(OfflineSwitches.Clock) + minutes).ToString(CultureInfo.InvariantCulture));

    public Task<CheckoutStarted> BeginAsync(OrgScope scope, long cents = 2_500, bool save = false, string? returnTo = null) => Deposits.StartAsync(scope, cents, returnTo, save, Ended);

    /// <summary>Pays on the payment page, and must be let.</summary>
    public async Task PayAsync(CheckoutStarted checkout, string number = Card) => Assert.Null(await Payments.PayAsync(checkout.SessionId, number, Ended));

    /// <summary>Begins, pays and waits for the credit.</summary>
    public async Task<CheckoutStarted> DepositAsync(OrgScope scope, long cents = 2_500, bool save = false, string number = Card)
    {
        var checkout = await BeginAsync(scope, cents, save);
        await PayAsync(checkout, number);
        await UntilAsync(scope, checkout, DepositStatus.Succeeded);
        return checkout;
    }

    public Task<Deposit> OfAsync(OrgScope scope, CheckoutStarted checkout) => Deposits.GetAsync(scope, checkout.DepositId, Ended);

    public Task<Deposit> UntilAsync(OrgScope scope, CheckoutStarted checkout, DepositStatus status) =>
        Eventually.Value(() => OfAsync(scope, checkout), now => now.Status == status, $"the deposit is {status}");

    public async Task<long> BalanceAsync(OrgScope scope) => Money.Cents((await Get<Balances>().OfAsync(scope, Ended)).Balance);

    public async Task<long> OwedAsync(OrgScope scope) => Money.Cents((await Get<Balances>().OfAsync(scope, Ended)).Owed);

    public Task UntilBalanceAsync(OrgScope scope, long cents) => Eventually.Value(() => BalanceAsync(scope), now => now == cents, $"the balance is {cents} cents");

    /// <summary>The org spends so much, as a charge that no deposit pays back.</summary>
    public Task SpendAsync(OrgScope scope, long cents) => Get<Writer>().Write(tx => LedgerBook.TakeBack(tx, scope.OrgId, cents * Money.Cent, $"spent:{Guid.NewGuid():N}", "Spent"), Ended);

    public async Task<List<(string Kind, int? Answer)>> LinesAsync(OrgScope scope, CheckoutStarted checkout) =>
        [.. (await Deposits.TimelineAsync(scope, checkout.DepositId, Ended)).Select(line => (line.Kind, line.Answer))];

    /// <summary>The statuses that the deposit's webhooks were answered with.</summary>
    public async Task<List<int?>> AnswersAsync(OrgScope scope, CheckoutStarted checkout) => [.. (await LinesAsync(scope, checkout)).Where(line => line.Kind == DepositEvents.Webhook).Select(line => line.Answer)];

    public async Task<IReadOnlyList<Trouble>> TroublesAsync(OrgScope scope, string kind) =>
        [.. (await Get<TroubleLog>().OpenAsync(scope, await Get<ProjectDirectory>().IdsAsync(scope, Ended), Ended)).Where(trouble => trouble.Kind == kind)];

    /// <summary>How the stand-in's webhooks of one type fared.</summary>
    public async Task<List<StripeDelivery>> DeliveriesAsync(CheckoutStarted checkout, string type)
    {
        await using var db = Get<IDbContextFactory<LabDbContext>>().CreateDbContext();
        return await db.Set<StripeDelivery>().Where(row => row.Type == type && row.Body.Contains(checkout.SessionId)).ToListAsync(Ended);
    }

    public async Task<long> LedgerRowsAsync(OrgScope scope)
    {
        await using var db = Get<IDbContextFactory<LabDbContext>>().CreateDbContext();
        return await db.Database.SqlQuery<long>($"SELECT COUNT(*) AS \"Value\" FROM transfer WHERE org_id = {scope.OrgId}").SingleAsync(Ended);
    }

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}

/// <summary>One till on each database for all tests of a class.</summary>
public sealed class Tills : IAsyncDisposable
{
    private readonly ConcurrentDictionary<StorageProvider, Lazy<Task<Till>>> _tills = new();

    internal Task<Till> OnAsync(StorageProvider provider) => _tills.GetOrAdd(provider, each => new Lazy<Task<Till>>(() => Till.StartAsync(each))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var till in _tills.Values)
        {
            if (till.Value.IsCompletedSuccessfully)
                await (await till.Value).DisposeAsync();
        }
    }
}
