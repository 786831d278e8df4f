using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Billing;

/// <summary>One deposit: how far it is, by what id Stripe knows it, what happened when, and whom to ask.</summary>
public sealed partial class DepositEntry(Deposits deposits, Support support, TimeProvider clock)
{
    private IReadOnlyList<DepositEvent>? _timeline;
    private bool _isOpen;
    private bool _isAsking;
    private string? _said;

    [Parameter, EditorRequired] public Deposit Deposit { get; set; } = null!;

    protected override string[] Keys => [Deposits.Key(Scope.OrgId)];

    private string? StripeId => Deposit.SessionId ?? Deposit.PaymentIntentId;

    /// <summary>Paid an hour ago, and nothing has come of it; or it could not be credited, which only a person can mend.</summary>
    private bool NeedsSupport => Deposit is { Status: DepositStatus.Failed, PaidAtMs: not null }
        || (Deposit is { IsAwaited: true, Status: DepositStatus.Pending } && clock.NowMs() >= BillingTroubles.AwaitedSinceMs(Deposit) + BillingTroubles.SupportAfterMs);

    private string? SupportAddress => support.AddressAbout(Scope, Deposit);

    protected override async Task ReadAsync()
    {
        if (_isOpen)
            _timeline = await deposits.TimelineAsync(Scope, Deposit.Id, Gone);
    }

    private Task ToggleAsync()
    {
        _isOpen = !_isOpen;
        return RefreshAsync();
    }

    private async Task CheckAsync()
    {
        (_isAsking, _said) = (true, null);
        try
        {
            _said = (await deposits.CheckNowAsync(Scope, Deposit.Id, Gone)).Says;
        }
        catch (Refusal refusal)
        {
            _said = refusal.Message;
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            return; // The person went elsewhere; the answer stands in the timeline.
        }
        _isAsking = false;
    }
}
