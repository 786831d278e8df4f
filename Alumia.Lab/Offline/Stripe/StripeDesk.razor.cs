using System.Globalization;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>The desk's part on payments: what payers and their banks do afterwards, and how the webhooks fare.</summary>
public sealed partial class StripeDesk(IServiceProvider services, IDbContextFactory<LabDbContext> contexts, ChangeFeed feed)
{
    private const int Shown = 15;
    private const string Expire = "Expire", Refund = "Refund", Half = "Refund half", Dispute = "Dispute", Win = "Win dispute", Lose = "Lose dispute";

    private IReadOnlyList<SessionLine> _sessions = [];
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
        _sessions = [.. sessions.Select(SessionLine.Of)];
        _deliveries = await db.Set<StripeDelivery>().OrderByDescending(row => row.Id).Take(Shown).ToListAsync();
    }

    private async Task DoAsync(SessionLine session, string deed)
    {
        var payments = services.GetRequiredService<StripePayments>();
        try
        {
            await (deed switch
            {
                Expire => payments.ExpireAsync(session.Id, CancellationToken.None),
                Refund => payments.RefundAsync(session.IntentId!, null, CancellationToken.None),
                Half => payments.RefundAsync(session.IntentId!, session.Cents / 2, CancellationToken.None),
                Dispute => payments.DisputeAsync(session.IntentId!, CancellationToken.None),
                _ => payments.CloseDisputeAsync(session.IntentId!, isWon: deed == Win, CancellationToken.None),
            });
            _said = $"{deed}: done.";
        }
        catch (Refusal refusal)
        {
            _said = refusal.Message;
        }
        await ReadAsync();
    }

    private sealed record SessionLine(string Id, string Status, string Amount, long Cents, string? IntentId, IReadOnlyList<string> Deeds)
    {
        public static SessionLine Of(StripeObject row)
        {
            var session = StripeStore.Read(row);
            var (status, payment, cents) = (session.Text("status")!, session.Text("payment_status")!, session.Number("amount_total"));
            IReadOnlyList<string> deeds = (status, payment) switch
            {
                ("open", _) => [Expire],
                (_, "paid") => [Refund, Half, Dispute, Win, Lose],
                _ => [],
            };
            return new SessionLine(row.Id, $"{status}, {payment}", (cents / 100m).ToString("$#,##0.00", CultureInfo.InvariantCulture), cents, session.Text("payment_intent"), deeds);
        }
    }
}
