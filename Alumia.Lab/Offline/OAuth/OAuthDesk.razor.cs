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
    private string _said = "";

    public void Dispose() => _news?.Dispose();

    protected override async Task OnInitializedAsync()
    {
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
        _grants = await services.GetRequiredService<OAuthGrants>().ListAsync(Shown, CancellationToken.None);
        _sent = await services.GetRequiredService<Outbox>().ListAsync(Shown, CancellationToken.None);
    }

    private async Task DoAsync(GrantView grant, GrantDeed deed)
    {
        await deed.Do(services.GetRequiredService<OAuthGrants>(), grant.Id, CancellationToken.None);
        _said = $"{deed.Words}: done for {grant.Account}.";
        await ReadAsync();
    }
}
