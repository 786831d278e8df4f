using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>The desk's part on payments: what payers and their banks do afterwards, and how the webhooks fare.</summary>
public sealed partial class StripeDesk(IServiceProvider services, IDbContextFactory<LabDbContext> contexts, ChangeFeed feed)
{
    private const int Shown = 15;
    private IReadOnlyList<StripePayment> _sessions = [];
    private IReadOnlyList<StripeDelivery> _deliveries = [];
    private IDisposable? _news;
    private IDisposable? _desk;
    private string _said = "";

    public void Dispose()
    {
        _news?.Dispose();
        _desk?.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _news = feed.Subscribe(StripeEvents.Key, () => _ = InvokeAsync(RefreshAsync));
        _desk = feed.Subscribe(OfflineDesk.ChangeKey, () => _ = InvokeAsync(RefreshAsync));
        await ReadAsync();
    }

    private async Task RefreshAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    private async Task ReadAsync()
    {
        await using var db = contexts.CreateDbContext();
        var sessions = await db.Set<StripeObject>().Where(row => row.Kind == StripeShapes.Session).OrderByDescending(row => row.Id).Take(Shown).ToListAsync();
        _sessions = [.. sessions.Select(StripePayment.Of)];
        _deliveries = await db.Set<StripeDelivery>().OrderByDescending(row => row.Id).Take(Shown).ToListAsync();
    }

    private async Task DoAsync(StripePayment session, string deed)
    {
        var payments = services.GetRequiredService<StripePayments>();
        try
        {
            await (deed switch
            {
                StripePayment.Expire => payments.ExpireAsync(session.Id, CancellationToken.None),
                StripePayment.Refund => payments.RefundAsync(session.IntentId!, null, CancellationToken.None),
                StripePayment.Half => payments.RefundAsync(session.IntentId!, session.Cents / 2, CancellationToken.None),
                StripePayment.Dispute => payments.DisputeAsync(session.IntentId!, CancellationToken.None),
                _ => payments.CloseDisputeAsync(session.IntentId!, isWon: deed == StripePayment.Win, CancellationToken.None),
            });
            _said = $"{deed}: done.";
        }
        catch (Refusal refusal)
        {
            _said = refusal.Message;
        }
        await ReadAsync();
    }
}
