using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Organizations;

/// <summary>A menu of the person's orgs, with the way to a new one.</summary>
public sealed partial class OrgSwitcher(OrgDirectory orgs, ChangeFeed feed) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private IReadOnlyList<OrgOfMember> _orgs = [];
    private IDisposable? _subscription;
    private string? _userId;
    private string _name = "";
    private int _readings;

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    public void Dispose()
    {
        _ended.Cancel();
        _subscription?.Dispose();
        _ended.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_userId != Scope.UserId)
        {
            _userId = Scope.UserId;
            _subscription?.Dispose();
            _subscription = feed.Subscribe($"user:{_userId}", () => _ = InvokeAsync(ReadAgainAsync));
            await ReadAsync();
        }
        _name = NameNow();
    }

    private async Task ReadAgainAsync()
    {
        try
        {
            await ReadAsync();
            StateHasChanged();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The page is gone.
        }
    }

    private async Task ReadAsync()
    {
        var reading = ++_readings;
        var all = await orgs.OrgsOfAsync(Scope.UserId, _ended.Token);
        if (reading != _readings)
            return; // A later reading is under way and knows more.
        _orgs = all;
        _name = NameNow();
    }

    private string NameNow() => _orgs.FirstOrDefault(org => org.Id == Scope.OrgId)?.Name ?? Scope.OrgSlug;
}
