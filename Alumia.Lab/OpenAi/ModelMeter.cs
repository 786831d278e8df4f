using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.OpenAi;

/// <summary>The money of a catalogue model's completion, which no session keeps: held before the provider is asked, settled when it ends, whoever hangs up.</summary>
internal sealed class ModelMeter(Writer writer, ChangeFeed changes, TokenCounter tokens, TimeProvider clock)
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromMinutes(1);

    /// <summary>Holds money for a request; where other calls hold it, waits for what they give back.</summary>
    /// <exception cref="Refusal">The balance is empty (402), or others have held it for a minute (503).</exception>
    public async Task<StepMeter> HoldAsync(string orgId, ModelRoute route, IReadOnlyList<ChatMessage> messages, CancellationToken cancellation)
    {
        var model = route.Model;
        var meter = new StepMeter(model, new StepOrder(orgId, null, null, null, Id.New("stp", clock), null, model.Id, model.Provider, ModelPrice.Of(model), StepMeter.SourceOf(route)));
        if (!meter.IsPaid)
            return meter;
        var input = messages.Sum(message => (long)message.Text.Length) / 3;
        using var bell = new Bell();
        using var subscription = changes.Subscribe(LedgerBook.FundsKey(orgId), bell.Ring);
        using var wait = new CancellationTokenSource(_longestWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(wait.Token, cancellation);
        while (true)
        {
            switch ((await writer.Write(tx => meter.Hold(tx, input, []), cancellation)).Outcome)
            {
                case HoldOutcome.Held:
                    return meter;
                case HoldOutcome.PaymentRequired:
                    throw new Refusal(RefusalKind.PaymentRequired, Funds.EmptyMessage);
            }
            try
            {
                await bell.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new Refusal(RefusalKind.Unavailable, "Other calls hold the balance. Try again when they have ended.");
            }
        }
    }

    /// <summary>Holds more where what streamed needs it; false where no more is there.</summary>
    public async Task<bool> CoversAsync(StepMeter meter, string text) => !meter.Streamed(text) || await meter.GrowAsync(writer) is null;

    /// <summary>Pays for what came: what the provider counted, or what is counted here.</summary>
    /// <param name="meter">Of the request.</param>
    /// <param name="usage">The provider's figures; null where it sent none.</param>
    /// <param name="messages">What it was sent.</param>
    /// <param name="text">What came from it.</param>
    /// <param name="stop">Why it ended.</param>
    public Task SettleAsync(StepMeter meter, UsageDetails? usage, IReadOnlyList<ChatMessage> messages, string text, StepStop stop)
    {
        var used = usage is null
            ? new TokenUsage(messages.Sum(message => (long)tokens.Count(message.Text)), 0, tokens.Count(text))
            : new TokenUsage(usage.InputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0, usage.OutputTokenCount ?? 0, usage.ReasoningTokenCount ?? 0);
        return writer.Write(tx => meter.Settle(tx, used, usage is null, stop, isUntouched: usage is null && text.Length == 0));
    }
}
