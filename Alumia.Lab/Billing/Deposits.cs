using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Billing;

/// <summary>A payment page that was opened for a deposit.</summary>
/// <param name="DepositId">Our own id of it.</param>
/// <param name="SessionId">Stripe's Checkout session.</param>
/// <param name="Address">Where the person pays.</param>
public sealed record CheckoutStarted(string DepositId, string SessionId, string Address);

/// <summary>An org's deposits: begun by its owners and admins, seen by everybody in it.</summary>
public sealed class Deposits(IDbContextFactory<LabDbContext> contexts, Writer writer, StripeAccess stripe, Checkout checkout, ReadBack readBack, Audit audit, TimeProvider clock)
{
    public const long LeastCents = 500;
    public const long MostCents = 1_000_000;

    /// <summary>Stripe is not asked again about the same deposit within this, however often a page is loaded.</summary>
    private const long BreathMs = 3_000;

    /// <summary>A page asks about so many at most; the reconciler does the rest.</summary>
    private const int MostAtOnce = 5;

    /// <summary>The change key of an org's deposits.</summary>
    public static string Key(string orgId) => $"deposits:{orgId}";

    /// <summary>The change key of all deposits that are open.</summary>
    internal const string OpenKey = "deposits-open";

    /// <summary>Opens a payment page for a deposit of $5 to $10,000.</summary>
    /// <param name="scope">An owner or admin.</param>
    /// <param name="amountCents">In USD cents.</param>
    /// <param name="returnTo">The page of this org to go to afterwards; null for the billing page.</param>
    /// <param name="saveMethod">Keep the payment method for auto top-up.</param>
    /// <param name="cancellation">Ends the call; a page that is open by then is never shown, and expires.</param>
    /// <exception cref="Refusal">Not allowed, not between $5 and $10,000, not configured, or Stripe does not answer.</exception>
    public async Task<CheckoutStarted> StartAsync(OrgScope scope, long amountCents, string? returnTo, bool saveMethod, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Admin);
        if (amountCents is < LeastCents or > MostCents)
            throw Refusal.Invalid("amountCents", $"A deposit is {Cents.Text(LeastCents)} to {Cents.Text(MostCents)}.");
        var connection = stripe.Required;
        var deposit = new Deposit
        {
            Id = Id.New("dep", clock),
            OrgId = scope.OrgId,
            UserId = scope.UserId,
            Kind = DepositKind.Checkout,
            Source = connection.Source,
            AmountCents = amountCents,
            SavesMethod = saveMethod,
            ReturnTo = returnTo is not null && ReturnAddress.Local(returnTo).StartsWith($"/{scope.OrgSlug}/", StringComparison.Ordinal) ? returnTo : null,
            CreatedAtMs = clock.NowMs(),
            NextCheckAtMs = clock.NowMs() + BillingTroubles.PatienceMs,
        };
        await writer.Write(tx =>
        {
            tx.Db.Add(deposit);
            deposit.Note(tx, DepositEvents.Checkout, $"A payment page for {Cents.Text(amountCents)} was asked for.");
            audit.Write(tx, scope, "billing.deposit_started", Cents.Text(amountCents), deposit.Id);
            tx.Changed(OpenKey);
        }, cancellation);
        return await checkout.OpenAsync(scope, deposit, cancellation);
    }

    /// <summary>The newest deposits before this one (or of all).</summary>
    public async Task<IReadOnlyList<Deposit>> ListAsync(OrgScope scope, string? beforeId, int count, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var rows = db.In<Deposit>(scope);
        if (beforeId is not null)
            rows = rows.Where(row => string.Compare(row.Id, beforeId) < 0);
        return await rows.OrderByDescending(row => row.Id).Take(count).ToListAsync(cancellation);
    }

    /// <summary>One deposit.</summary>
    /// <exception cref="Refusal">Not found, or another org's.</exception>
    public async Task<Deposit> GetAsync(OrgScope scope, string depositId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.In<Deposit>(scope).SingleOrDefaultAsync(row => row.Id == depositId, cancellation) ?? throw Refusal.NotFound("deposit");
    }

    /// <summary>What happened to a deposit, the oldest first.</summary>
    /// <exception cref="Refusal">Not found, or another org's.</exception>
    public async Task<IReadOnlyList<DepositEvent>> TimelineAsync(OrgScope scope, string depositId, CancellationToken cancellation)
    {
        _ = await GetAsync(scope, depositId, cancellation);
        await using var db = contexts.CreateDbContext();
        return await db.In<DepositEvent>(scope).Where(row => row.DepositId == depositId).OrderBy(row => row.Id).ToListAsync(cancellation);
    }

    /// <summary><b>Check with Stripe now</b>.</summary>
    /// <exception cref="Refusal">A viewer, or not found.</exception>
    public Task<DepositCheck> CheckNowAsync(OrgScope scope, string depositId, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        return readBack.AskAsync(scope.OrgId, depositId, "A member", cancellation);
    }

    /// <summary>Asks about the org's newest open deposits; the billing page does so when it is opened. Faults stay in their timelines.</summary>
    public async Task CheckOpenAsync(OrgScope scope, CancellationToken cancellation)
    {
        List<string> open;
        await using (var db = contexts.CreateDbContext())
        {
            var askedBefore = clock.NowMs() - BreathMs;
            open = await db.In<Deposit>(scope).Where(row => (row.Status == DepositStatus.Pending || row.Status == DepositStatus.Processing) && (row.CheckedAtMs == null || row.CheckedAtMs < askedBefore))
                .OrderByDescending(row => row.Id).Take(MostAtOnce).Select(row => row.Id).ToListAsync(cancellation);
        }
        await Task.WhenAll(open.Select(id => readBack.AskAsync(scope.OrgId, id, "The billing page", cancellation)));
    }

    /// <summary>The person came back from the payment page: notes it, and asks Stripe once.</summary>
    /// <exception cref="Refusal">A viewer, not found, or another org's.</exception>
    public async Task<DepositCheck> ReturnedAsync(OrgScope scope, string depositId, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        _ = await GetAsync(scope, depositId, cancellation);
        await writer.Write(tx =>
        {
            var deposit = Settlement.Lock(tx, depositId)!;
            if (deposit.ReturnedAtMs is not null)
                return;
            deposit.ReturnedAtMs = tx.NowMs;
            deposit.Note(tx, DepositEvents.Returned, "The payer came back from Stripe.");
            if (deposit.IsOpen)
                deposit.NextCheckAtMs = tx.NowMs + BillingTroubles.PatienceMs;
            tx.Changed(OpenKey);
        }, cancellation);
        return await readBack.AskAsync(scope.OrgId, depositId, "The return page", cancellation);
    }
}
