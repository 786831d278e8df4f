using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Alumia.Lab.Billing;
using Alumia.Lab.Ledger;
using Alumia.Lab.Offline;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Billing;

/// <summary>
/// A thousand deliveries: shuffled, doubled, some wrongly signed, tampered with, old or about another account, some whose work fails the first
/// time. In the end every balance is right, what was bad was refused with 400, and nothing else has changed.
/// </summary>
public sealed class WebhookPropertyTests
{
    private const int Orgs = 12, Most = 1_000, AtOnce = 8;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Every_paid_deposit_is_credited_once_whatever_the_order(StorageProvider provider)
    {
        var seed = Environment.GetEnvironmentVariable("SEED") is { } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : Random.Shared.Next();
        var random = new Random(seed);
        var fault = new FailsOnce(random.Next());
        await using var till = new Till(await LabHost.StartAsync(new LabHostOptions
        {
            Settings = await Bench.SettingsAsync(provider),
            Services = services => services.AddSingleton<IWebhookFault>(fault),
        }));
        // Nothing but what is delivered here credits anything.
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "lost");
        await till.SetAsync(OfflineSwitches.StripeReadingFails, "10000000");
        var deposits = await BeginAsync(till, random);
        var deliveries = await MakeAsync(till, random, deposits);
        fault.IsOn = true;

        var rounds = await DeliverAsync(till, deliveries);

        fault.IsOn = false;
        await AssertRightAsync(till, deposits, deliveries);
        Figures.Print($"webhooks on {provider}: {deliveries.Count} deliveries about {deposits.Count} deposits, {deliveries.Count(each => each.Flaw != Flaw.None)} bad ones refused, {fault.Failed} works failed once, {rounds} rounds, seed {seed}");
    }

    private static async Task<List<Begun>> BeginAsync(Till till, Random random)
    {
        var scopes = new List<OrgScope>();
        for (var i = 0; i < Orgs; i++)
            scopes.Add(await till.FoundAsync($"org-{i}"));
        var wishes = Enumerable.Range(0, 170).Select(number => (Number: number, Scope: scopes[random.Next(Orgs - 1)], Cents: (long)random.Next(500, 5_000), Seed: random.Next())).ToList(); // The last org pays nothing.
        var begun = new ConcurrentBag<Begun>();
        await Parallel.ForEachAsync(wishes, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Ended }, async (wish, _) =>
        {
            var checkout = await till.BeginAsync(wish.Scope, wish.Cents);
            begun.Add(new Begun(wish.Number, wish.Scope, checkout, PaymentStory.Of(new Random(wish.Seed), checkout.SessionId, wish.Cents, wish.Number)));
        });
        return [.. begun.OrderBy(each => each.Number)];
    }

    private static async Task<List<SignedEvent>> MakeAsync(Till till, Random random, List<Begun> deposits)
    {
        var good = deposits.SelectMany(each => each.Story.Events).Select(each => SignedEvents.Of(random, each.Type, each.About)).ToList();
        var all = good.Select(each => (each.Id, each.Body, Flaw.None)).ToList();
        foreach (var (id, body) in good.Where(_ => random.Next(3) == 0)) // The same again.
            all.Add((id, body, Flaw.None));
        while (all.Count < Most)
        {
            var of = deposits[random.Next(deposits.Count)];
            var money = PaymentStory.Session(of.Checkout.SessionId, 5_000, "complete", "paid", $"pi_forged{all.Count}");
            var (id, body) = (random.Next(6)) switch
            {
                0 => SignedEvents.Of(random, "checkout.session.completed", money, isForeign: true),
                1 => SignedEvents.Of(random, "checkout.session.completed", PaymentStory.Session($"cs_test_unknown{all.Count}", 5_000, "complete", "paid", null)),
                2 => SignedEvents.Of(random, "customer.created", new() { ["id"] = "cus_x", ["object"] = "customer" }),
                _ => SignedEvents.Of(random, "checkout.session.completed", money),
            };
            var isHarmless = body.Contains("acct_", StringComparison.Ordinal) || body.Contains("unknown", StringComparison.Ordinal) || body.Contains("customer.created", StringComparison.Ordinal);
            all.Add((id, body, isHarmless ? Flaw.None : (Flaw)random.Next(1, 5)));
        }
        var signed = await SignedEvents.SignAsync(all, till.Get<StripeAccess>().Required.WebhookSecret, DateTimeOffset.UnixEpoch.AddMilliseconds(till.Get<TimeProvider>().NowMs()).ToUnixTimeSeconds());
        var shuffled = signed.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }

    /// <summary>Sends all; what failed is sent again, as Stripe does. Returns how many rounds it took.</summary>
    private static async Task<int> DeliverAsync(Till till, List<SignedEvent> deliveries)
    {
        using var client = till.Lab.Client();
        var left = deliveries;
        for (var round = 1; ; round++)
        {
            var failed = new ConcurrentBag<SignedEvent>();
            await Parallel.ForEachAsync(left, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Ended }, async (each, _) =>
            {
                var status = await SendAsync(client, each);
                if (each.Flaw != Flaw.None)
                    Assert.Equal((each.Flaw, 400), (each.Flaw, status));
                else if (status == 500)
                    failed.Add(each);
                else
                    Assert.Equal(200, status);
            });
            if (failed.IsEmpty)
                return round;
            Assert.True(round < 10, $"{failed.Count} deliveries fail for ever, such as {failed.First().Body}");
            left = [.. failed];
        }
    }

    private static async Task<int> SendAsync(HttpClient client, SignedEvent each)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/stripe") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(each.Body)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json; charset=utf-8");
        if (each.Signature is not null)
            request.Headers.TryAddWithoutValidation("Stripe-Signature", each.Signature);
        using var answer = await client.SendAsync(request, Ended);
        return (int)answer.StatusCode;
    }

    private static async Task AssertRightAsync(Till till, List<Begun> deposits, List<SignedEvent> deliveries)
    {
        foreach (var each in deposits)
            Assert.Equal((each.Number, each.Story.Status, Told(each)), (each.Number, (await till.OfAsync(each.Scope, each.Checkout)).Status, Told(each)));
        foreach (var org in deposits.GroupBy(each => each.Scope))
            Assert.Equal((org.Key.OrgSlug, org.Sum(each => each.Story.CreditedCents), 0), (org.Key.OrgSlug, await till.BalanceAsync(org.Key), await till.OwedAsync(org.Key)));
        await using var db = till.Get<IDbContextFactory<LabDbContext>>().CreateDbContext();
        var credits = await db.Set<Transfer>().CountAsync(row => row.Kind == TransferKind.Deposit, Ended); // Of every org.
        Assert.Equal(deposits.Count(each => each.Story.Events[0].About["currency"]!.GetValue<string>() == "usd" && each.Story.Status is not (DepositStatus.Failed or DepositStatus.Expired)), credits);
        var about = deposits.SelectMany(each => each.Story.Events).Count();
        var events = await db.Set<StripeEvent>().ToListAsync(Ended); // Of every org.
        Assert.Equal((about, 0), (events.Count, events.Count(row => row.DoneAtMs is null || row.Body.Length > 0)));
        Assert.Equal(Most, deliveries.Count);
    }

    private static string Told(Begun each) => string.Join(' ', each.Story.Events.Select(told => told.Type));

    private sealed record Begun(int Number, OrgScope Scope, CheckoutStarted Checkout, PaymentStory Story);

    /// <summary>Makes the work of every fifth event fail the first time.</summary>
    private sealed class FailsOnce(int salt) : IWebhookFault
    {
        private readonly ConcurrentDictionary<string, bool> _failed = new();

        public bool IsOn { get; set; }

        public int Failed => _failed.Count;

        public Task PassAsync(string stripeEventId, CancellationToken cancellation) =>
            IsOn && (stripeEventId.GetHashCode(StringComparison.Ordinal) ^ salt) % 5 == 0 && _failed.TryAdd(stripeEventId, true) ? throw new InvalidOperationException("The first time fails.") : Task.CompletedTask;
    }
}
