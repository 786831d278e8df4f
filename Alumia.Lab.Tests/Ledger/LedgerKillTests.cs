using System.Globalization;
using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>
/// Random deeds from 16 tasks while the lab's process is killed again and again: no cent is lost, and none is taken twice.
/// <c>SEED=...</c> does the deeds of a run again; how the tasks meet is new each time.
/// </summary>
public sealed class LedgerKillTests
{
    private const int Workers = 16;
    private static readonly string[] _orgs = ["org_poor", "org_rich"];
    private static readonly Gen<(int What, long Amount, long Input, long Output, int Pick)> _plans =
        Gen.Select(Gen.Int[0, 99], Gen.Long[1, 8 * Money.Cent], Gen.Long[0, 400], Gen.Long[0, 900], Gen.Int[0, 1_000_000]);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Killed_at_random_the_lab_charges_every_paid_step_once_and_credits_every_deposit_once(StorageProvider provider)
    {
        var (deeds, kills) = (Soak.Count(5_000, 100_000), Soak.Count(6, 40));
        var seed = Environment.GetEnvironmentVariable("SEED") is { } given ? ulong.Parse(given, CultureInfo.InvariantCulture) : (ulong)Random.Shared.NextInt64();
        Figures.Print($"seed of the ledger's random deeds on {provider}: {seed}");
        var random = new PCG(1, seed);
        var plans = Enumerable.Range(0, Workers).Select(worker => Enumerable.Range(0, deeds / Workers).Select(deed => _plans.Generate(random, null, out _)).ToArray()).ToArray();
        var settings = await Bench.SettingsAsync(provider);
        await using var process = await LabProcess.StartAsync(settings, isDriven: true);
        using var lab = new KilledLab(process, [.. Enumerable.Range(0, kills).Select(kill => (deeds * kill / kills) + 20 + (int)random.Next((uint)(deeds / kills) - 40))]);
        foreach (var org in _orgs)
            await lab.DoAsync(new Deed(DeedKind.Found, org, ""));
        var rich = new Worker(lab, "rich", "org_rich"); // Its deposits have ended the waiver, so it pays the fee; its wallet is as small as the other's.
        await lab.DoAsync(new Deed(DeedKind.Credit, "org_rich", "deposit:rich", 101 * Money.Dollar));
        await lab.DoAsync(new Deed(DeedKind.TakeBack, "org_rich", "refund:rich", 101 * Money.Dollar));
        rich.Deposits.Add("deposit:rich", 101 * Money.Dollar);
        rich.TakeBacks.Add("refund:rich", 101 * Money.Dollar);

        var workers = Enumerable.Range(0, Workers).Select(number => new Worker(lab, $"w{number:00}", _orgs[number % _orgs.Length])).ToArray();
        await Task.WhenAll(workers.Select((worker, number) => Task.Run(async () =>
        {
            foreach (var plan in plans[number])
                await worker.DoAsync(plan);
            await worker.EndAsync();
        })));
        await process.StopAsync();

        using var contexts = new LabDbContexts(Options.Create(Storage(provider, process, settings)));
        using var audit = new LedgerAudit(contexts, TimeProvider.System, NullLogger<LedgerAudit>.Instance);
        var report = await audit.RunAsync(Ended);
        Assert.Empty(report.Faults);
        Assert.Equal(kills, lab.Kills);
        var settled = 0;
        foreach (var org in _orgs)
            settled += await CheckAsync(contexts, org, [.. workers.Append(rich).Where(worker => worker.Org == org)]);
        Figures.Print(string.Create(CultureInfo.InvariantCulture,
            $"{lab.Answered} deeds of {Workers} tasks on {provider}, {lab.Kills} kills, {lab.SentAgain} sent again, {settled} steps charged once, {workers.Sum(worker => worker.Deposits.Count)} deposits credited once, {workers.Sum(worker => worker.Refusals)} holds refused"));
    }

    /// <summary>Holds the ledger against what the workers were answered; returns how many steps were charged.</summary>
    private static async Task<int> CheckAsync(LabDbContexts contexts, string org, Worker[] workers)
    {
        await using var db = contexts.CreateDbContext();
        var transfers = await db.Set<Transfer>().Where(transfer => transfer.OrgId == org).ToListAsync(Ended);
        Assert.Equal(Sorted(workers.SelectMany(worker => worker.Deposits)), Sorted(Of(TransferKind.Deposit)));
        Assert.Equal(Sorted(workers.SelectMany(worker => worker.TakeBacks)), Sorted(Of(TransferKind.TakeBack)));
        Assert.Equal(workers.SelectMany(worker => worker.Undone).Order(StringComparer.Ordinal), transfers.Where(transfer => transfer.Kind == TransferKind.Reversal).Select(transfer => transfer.Reverses!).Order(StringComparer.Ordinal));

        var steps = await db.Set<MeteredStep>().Where(step => step.OrgId == org).ToListAsync(Ended);
        Assert.All(steps, step => Assert.NotNull(step.EndedAtMs));
        var charged = steps.Where(step => step.Stop != StepStop.Released).ToDictionary(step => step.Id);
        var said = workers.SelectMany(worker => worker.Settled).ToDictionary();
        Assert.Equal(said.Keys.Order(StringComparer.Ordinal), charged.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(workers.SelectMany(worker => worker.Released).Order(StringComparer.Ordinal), steps.Where(step => step.Stop == StepStop.Released).Select(step => step.Id).Order(StringComparer.Ordinal));
        foreach (var (id, (input, output)) in said)
            Assert.Equal(Pricing.Cost(Purse.Price, new TokenUsage(input, 0, output), charged[id].FeeRate), new StepCost(charged[id].Cost, charged[id].Fee));
        int[] rates = org == "org_rich" ? [PlatformFee.Rate] : [0, PlatformFee.Rate]; // A long run ends the poor one's waiver too.
        Assert.All(charged.Values, step => Assert.Contains(step.FeeRate, rates));

        // Every microcent that came in is there, was paid, or went back.
        var accounts = await db.Set<OrgAccounts>().SingleAsync(accounts => accounts.OrgId == org, Ended);
        var undone = workers.Sum(worker => worker.Undone.Sum(key => worker.TakeBacks[key]));
        Assert.Equal(workers.Sum(worker => worker.Deposits.Values.Sum() - worker.TakeBacks.Values.Sum()) + undone - steps.Sum(step => step.Paid), accounts.Wallet + accounts.Held - accounts.Owed);
        Assert.Equal(0, accounts.Held);
        return charged.Count;

        IEnumerable<KeyValuePair<string, long>> Of(TransferKind kind) => transfers.Where(transfer => transfer.Kind == kind).Select(transfer => KeyValuePair.Create(transfer.Key, transfer.Amount));
    }

    private static IEnumerable<(string, long)> Sorted(IEnumerable<KeyValuePair<string, long>> pairs) => pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value));

    private static StorageOptions Storage(StorageProvider provider, LabProcess process, Dictionary<string, string?> settings) => provider == StorageProvider.Sqlite
        ? new StorageOptions { Provider = provider, Directory = process.Folder }
        : new StorageOptions { Provider = provider, ConnectionString = settings["Storage:ConnectionString"]! };
}
