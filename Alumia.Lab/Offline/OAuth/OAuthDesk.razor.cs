using Alumia.Lab.Offline.Services;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>The desk's part on the provider: what was granted to whom, what ends it, and the mail that was sent.</summary>
public sealed partial class OAuthDesk(IServiceProvider services, ChangeFeed feed)
{
    private const int Shown = 15;
    private IReadOnlyList<GrantView> _grants = [];
    private IReadOnlyList<SentMail> _sent = [];
    private IDisposable? _news;

    // Taken once: where the page has gone, there are no services to ask.
    private OAuthGrants _book = null!;
    private Outbox _outbox = null!;
    private string _said = "";

    public void Dispose() => _news?.Dispose();

    protected override async Task OnInitializedAsync()
    {
        (_book, _outbox) = (services.GetRequiredService<OAuthGrants>(), services.GetRequiredService<Outbox>());
        _news = feed.Subscribe(OAuthGrants.Key, () => _ = InvokeAsync(RefreshAsync));
        await ReadAsync();
    }

    private async Task RefreshAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    private async Task ReadAsync()
    {
        _grants = await _book.ListAsync(Shown, CancellationToken.None);
        _sent = await _outbox.ListAsync(Shown, CancellationToken.None);
    }

    private async Task DoAsync(GrantView grant, GrantDeed deed)
    {
        await deed.Do(_book, grant.Id, CancellationToken.None);
        _said = $"{deed.Words}: done for {grant.Account}.";
        await ReadAsync();
    }
}
