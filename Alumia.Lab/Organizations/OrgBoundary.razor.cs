using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Alumia.Lab.Organizations;

/// <summary>
/// Resolves the org of an address for the signed-in person and cascades the <see cref="OrgScope"/>. It reads again when the person's
/// membership or account changes, so a removal or a new role takes effect in pages that are open.
/// </summary>
public sealed partial class OrgBoundary(OrgDirectory orgs, ChangeFeed feed) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly List<IDisposable> _subscriptions = [];
    private (string? UserId, string Slug) _of;
    private string? _followedOrg;
    private OrgScope? _scope;
    private bool _read;
    private int _reads;

    [Parameter, EditorRequired] public string OrgSlug { get; set; } = "";

    [Parameter] public RenderFragment? ChildContent { get; set; }

    /// <summary>Shown where there is no such org for this person.</summary>
    [Parameter] public RenderFragment? NotFound { get; set; }

    [CascadingParameter] public Task<AuthenticationState> Authentication { get; set; } = null!;

    public void Dispose()
    {
        _ended.Cancel();
        Unsubscribe();
        _ended.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        var of = ((await Authentication).User.UserId(), OrgSlug);
        if (_read && of == _of)
            return;
        (_of, _scope, _read) = (of, null, false);
        Unsubscribe();
        if (of.Item1 is { } userId)
            _subscriptions.Add(feed.Subscribe($"user:{userId}", Changed));
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        if (_ended.IsCancellationRequested)
            return;
        var mine = ++_reads;
        var (userId, slug) = _of;
        var scope = userId is null ? null : await orgs.ScopeAsync(userId, slug, _ended.Token);
        if (mine != _reads)
            return; // A later reading is under way and knows more.
        (_scope, _read) = (scope, true);
        if (scope is not null && _followedOrg != scope.OrgId)
        {
            _followedOrg = scope.OrgId;
            _subscriptions.Add(feed.Subscribe($"member:{scope.OrgId}/{scope.UserId}", Changed));
            await ReadAsync(); // It may have changed before we listened.
        }
        StateHasChanged();
    }

    private void Changed() => _ = InvokeAsync(async () =>
    {
        try
        {
            await ReadAsync();
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
    });

    private void Unsubscribe()
    {
        _subscriptions.ForEach(subscription => subscription.Dispose());
        _subscriptions.Clear();
        _followedOrg = null;
    }
}
