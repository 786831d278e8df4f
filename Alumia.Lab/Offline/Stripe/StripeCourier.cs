using System.Globalization;
using System.Text;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Stripe;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>
/// Carries the stand-in's webhooks to the lab, signed as Stripe signs them, and again with growing pauses until they are taken. It also lets the
/// bank answer for payments that were processing. Stripe's pauses are hours; these begin with two seconds.
/// </summary>
internal sealed class StripeCourier(IDbContextFactory<LabDbContext> contexts, Writer writer, OfflineDesk desk, StripeAccount account, OwnAddress own, StripePayments payments,
    ChangeFeed feed, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<StripeCourier> log) : DueWork(feed, lifetime, clock, log)
{
    private const int MostAttempts = 12;
    private const long LeaseMs = 30_000;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override bool Concerns(string key) => key == StripeEvents.Key;

    protected override async Task<long> WorkAsync(IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        var bankAtMs = await AskBanksAsync(cancellation);
        while (await NextAsync(cancellation) is { } delivery)
        {
            if (delivery.DueAtMs > Clock.NowMs())
                return Math.Min(bankAtMs, delivery.DueAtMs.Value);
            if (await ClaimAsync(delivery, cancellation))
                await DeliverAsync(delivery, cancellation);
        }
        return bankAtMs;
    }

    private async Task<long> AskBanksAsync(CancellationToken cancellation)
    {
        await using (var db = contexts.CreateDbContext())
        {
            if (await db.Set<StripeObject>().Where(row => row.DueAtMs != null).MinAsync(row => row.DueAtMs, cancellation) is not { } firstAtMs)
                return long.MaxValue;
            if (firstAtMs > Clock.NowMs())
                return firstAtMs;
        }
        await writer.Write(tx =>
        {
            foreach (var row in tx.Db.Set<StripeObject>().Where(row => row.DueAtMs <= tx.NowMs).ToList())
                payments.Answer(tx, StripeStore.Read(row));
        }, cancellation);
        return Clock.NowMs();
    }

    private async Task<StripeDelivery?> NextAsync(CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<StripeDelivery>().Where(row => row.DueAtMs != null).OrderBy(row => row.DueAtMs).ThenBy(row => row.Id).FirstOrDefaultAsync(cancellation);
    }

    /// <summary>Of several copies of the lab one carries it; where that one dies, it is due again.</summary>
    private async Task<bool> ClaimAsync(StripeDelivery delivery, CancellationToken cancellation) => await writer.Write(tx => tx.Run(
        "UPDATE offline_stripe_delivery SET due_at_ms = @lease, is_held = @no, attempts = attempts + 1 WHERE id = @id AND due_at_ms = @due",
        ("lease", tx.NowMs + LeaseMs), ("no", false), ("id", delivery.Id), ("due", delivery.DueAtMs)), cancellation) == 1;

    private async Task DeliverAsync(StripeDelivery delivery, CancellationToken cancellation)
    {
        var (isTaken, how) = await PostAsync(delivery, cancellation);
        await writer.Write(tx =>
        {
            var row = tx.Db.Find<StripeDelivery>(delivery.Id)!;
            var isLast = row.Attempts >= MostAttempts;
            row.How = isTaken ? $"taken: {how}" : isLast ? $"given up: {how}" : $"tried {row.Attempts} times: {how}";
            row.DueAtMs = isTaken || isLast ? null : tx.NowMs + (1000L << row.Attempts);
            tx.Changed(OfflineDesk.ChangeKey);
        }, cancellation);
    }

    private async Task<(bool IsTaken, string How)> PostAsync(StripeDelivery delivery, CancellationToken cancellation)
    {
        var secret = desk.Value(OfflineSwitches.StripeWebhooks) == "wrongly-signed" ? "whsec_of_somebody_else" : account.Connection!.WebhookSecret;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(own.Base!, Billing.WebhookEndpoint.Path.TrimStart('/'))) { Content = new StringContent(delivery.Body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", EventUtility.GenerateSignatureHeader(delivery.Body, secret, Clock.GetUtcNow().ToUnixTimeSeconds()));
        try
        {
            using var answer = await _http.SendAsync(request, cancellation);
            return (answer.IsSuccessStatusCode, string.Create(CultureInfo.InvariantCulture, $"answered {(int)answer.StatusCode}"));
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return (false, exception.Message);
        }
    }
}
