using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Stripe;

namespace Alumia.Lab.Billing;

/// <summary>
/// Stripe's webhooks. An event about a deposit of ours is kept first; then its work is done at once, in the transaction that remembers it as
/// done. Where that fails the answer is 500, so that Stripe sends it again, and the lab tries again by itself too: whoever comes first.
/// </summary>
internal sealed class Webhooks(IDbContextFactory<LabDbContext> contexts, Writer writer, StripeAccess stripe, SavedMethods methods,
    IEnumerable<IStripeEventHandler> handlers, IEnumerable<IWebhookFault> faults, TimeProvider clock, ILogger<Webhooks> log)
{
    /// <summary>A signature older than this is refused, in seconds: Stripe's own measure.</summary>
    public const long ToleranceSeconds = 300;

    /// <summary>An event whose work left no trace for so long ended with its process.</summary>
    private const long LostMs = 60_000;

    private const long LongestPauseMs = 60 * 60_000;

    /// <summary>The lab's own retries end after a week; Stripe's do after three days.</summary>
    private const long GiveUpMs = 7L * 24 * 60 * 60_000;

    /// <summary>The change key of events whose work is not done.</summary>
    public const string Key = "stripe-events";

    /// <summary>Takes a delivery; returns the status to answer with.</summary>
    public async Task<int> ReceiveAsync(string body, string? signature, CancellationToken cancellation)
    {
        if (stripe.Connection is not { WebhookSecret.Length: > 0 } connection)
            return StatusCodes.Status503ServiceUnavailable;
        if (Read(body, signature, connection.WebhookSecret) is not { } told)
            return StatusCodes.Status400BadRequest;
        // Events of connected accounts, and of the other mode, are none of ours: Stripe is told that they arrived.
        if (told.Account is not null || told.Livemode != (connection.Source == MoneySource.Live))
            return StatusCodes.Status200OK;
        try
        {
            return await PrepareAsync(told, cancellation) is { } work ? await TakeAsync(told, body, work, cancellation) : StatusCodes.Status200OK;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            if (ReadBack.IsStripes(exception, cancellation))
                log.LogWarning("The webhook {Event} ({Type}) needs an answer of Stripe's, and is sent again: {Fault}", told.Id, told.Type, exception.Message);
            else
                log.LogError(exception, "The webhook {Event} ({Type}) could not be taken; Stripe sends it again", told.Id, told.Type);
            return StatusCodes.Status500InternalServerError;
        }
    }

    /// <summary>Does the work of an event that was kept, if it is not done by now.</summary>
    public async Task RetryAsync(StripeEvent kept, CancellationToken cancellation)
    {
        var told = EventUtility.ConstructEventWithoutVerification(kept.Body, throwOnApiVersionMismatch: false);
        try
        {
            // What was ours once is; where it is not any more, there is no work.
            var work = await PrepareAsync(told, cancellation) ?? new StripeEventWork(kept.OrgId, kept.DepositId, (_, _) => { });
            await DoAsync(told, work, "the lab's own retry", null, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            log.LogError(exception, "The work of the webhook {Event} failed again", kept.Id);
            await FailAsync(kept.Id, null, cancellation);
        }
    }

    private Event? Read(string body, string? signature, string secret)
    {
        try
        {
            EventUtility.ValidateSignature(body, signature ?? "", secret, ToleranceSeconds, clock.GetUtcNow().ToUnixTimeSeconds());
            // Whichever version of Stripe's API the endpoint is pinned to: what is read of an event is in all of them.
            var told = EventUtility.ConstructEventWithoutVerification(body, throwOnApiVersionMismatch: false);
            if (told is { Id.Length: > 0, Type.Length: > 0 })
                return told;
            log.LogWarning("A webhook was refused: it is no event");
        }
#pragma warning disable CA1031 // Stripe's library throws whatever it meets in a body that is no event of Stripe's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogWarning("A webhook was refused: {Why}", exception.Message);
        }
        return null;
    }

    private async Task<StripeEventWork?> PrepareAsync(Event told, CancellationToken cancellation)
    {
        foreach (var handler in handlers.Where(handler => handler.Takes(told.Type)))
        {
            if (await handler.PrepareAsync(told, cancellation) is { } work)
                return work;
        }
        return null;
    }

    private async Task<int> TakeAsync(Event told, string body, StripeEventWork work, CancellationToken cancellation)
    {
        if (!await KeepAsync(told, body, work, cancellation))
            return StatusCodes.Status200OK;
        try
        {
            await DoAsync(told, work, "answered 200", StatusCodes.Status200OK, cancellation);
            return StatusCodes.Status200OK;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            log.LogError(exception, "The work of the webhook {Event} ({Type}) failed; it is tried again", told.Id, told.Type);
            await FailAsync(told.Id, StatusCodes.Status500InternalServerError, CancellationToken.None);
            return StatusCodes.Status500InternalServerError;
        }
    }

    /// <summary>Keeps the event; false where its work is done already.</summary>
    private Task<bool> KeepAsync(Event told, string body, StripeEventWork work, CancellationToken cancellation) => writer.Write(tx =>
    {
        var deposit = Settlement.Lock(tx, work.DepositId)!;
        var kept = tx.Db.Find<StripeEvent>(told.Id);
        if (kept?.DoneAtMs is not null)
        {
            deposit.Note(tx, DepositEvents.Webhook, $"Webhook {told.Type} came again; its work was done already.", told.Id, StatusCodes.Status200OK);
            return false;
        }
        if (kept is null)
        {
            kept = new StripeEvent { Id = told.Id, OrgId = work.OrgId, DepositId = work.DepositId, Type = told.Type, Body = body, ReceivedAtMs = tx.NowMs };
            tx.Db.Add(kept);
        }
        kept.Attempts++;
        kept.NextTryAtMs = tx.NowMs + LostMs;
        return true;
    }, cancellation);

    private async Task DoAsync(Event told, StripeEventWork work, string how, int? answer, CancellationToken cancellation)
    {
        foreach (var fault in faults)
            await fault.PassAsync(told.Id, cancellation);
        var settled = await writer.Write(tx =>
        {
            var deposit = Settlement.Lock(tx, work.DepositId)!;
            var kept = tx.Db.Find<StripeEvent>(told.Id)!;
            if (kept.DoneAtMs is not null)
                return null;
            deposit.Note(tx, DepositEvents.Webhook, $"Webhook {told.Type}: {how}.", told.Id, answer);
            work.Do(tx, deposit);
            (kept.DoneAtMs, kept.NextTryAtMs, kept.Body) = (tx.NowMs, null, "");
            return deposit;
        }, cancellation);
        if (settled is { SavesMethod: true, CreditedAtMs: not null, RefundedCents: 0 })
            await methods.TryLearnAsync(settled.OrgId, settled.Source, cancellation);
    }

    /// <summary>Plans the lab's own retry; the pauses double from a minute to an hour.</summary>
    private Task FailAsync(string eventId, int? answer, CancellationToken cancellation) => writer.Write(tx =>
    {
        if (tx.Db.Find<StripeEvent>(eventId) is not { DoneAtMs: null } kept)
            return;
        if (answer is null)
            kept.Attempts++;
        kept.NextTryAtMs = tx.NowMs > kept.ReceivedAtMs + GiveUpMs ? null : tx.NowMs + Math.Min(LongestPauseMs, LostMs << Math.Min(kept.Attempts - 1, 10));
        Settlement.Lock(tx, kept.DepositId)!.Note(tx, DepositEvents.Webhook,
            answer is null ? $"Webhook {kept.Type}: the lab's own retry failed." : $"Webhook {kept.Type}: its work failed, so it was answered {answer} and Stripe sends it again.", kept.Id, answer);
        tx.Changed(Key);
    }, cancellation);

    /// <summary>The events whose work is due, of every org, and when the next is.</summary>
    internal async Task<(IReadOnlyList<StripeEvent> Due, long NextAtMs)> DueAsync(CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var waiting = await db.Set<StripeEvent>() // Of every org: on behalf of the lab.
            .Where(row => row.NextTryAtMs != null).OrderBy(row => row.NextTryAtMs).Take(100).ToListAsync(cancellation);
        var due = waiting.TakeWhile(row => row.NextTryAtMs <= clock.NowMs()).ToList();
        return (due, waiting.Count > due.Count ? waiting[due.Count].NextTryAtMs!.Value : due.Count > 0 ? clock.NowMs() : long.MaxValue);
    }
}
