using Alumia.Lab.Offline.Models;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Offline;

/// <summary>
/// The desk. It is never reached inside a circuit (its attribute sees to that), so each visit is an HTTP request that the guard has checked.
/// </summary>
public sealed partial class OfflinePage : ComponentBase, IDisposable
{
    private const int Shown = 20;
    private IDisposable? _subscription;
    private IReadOnlyList<ProviderRequest> _recent = [];
    private string _said = "";

    [Inject]
    private IServiceProvider Services { get; set; } = null!;

    [Inject]
    private ChangeFeed Feed { get; set; } = null!;

    /// <summary>Taken once: where the page has gone, there are no services to ask.</summary>
    private OfflineDesk Desk { get; set; } = null!;

    public void Dispose() => _subscription?.Dispose();

    protected override void OnInitialized()
    {
        Desk = Services.GetRequiredService<OfflineDesk>();
        Read();
        _subscription = Feed.Subscribe(OfflineDesk.ChangeKey, () => _ = InvokeAsync(StateHasChanged));
    }

    private void Read() => _recent = [.. Services.GetRequiredService<ProviderRequests>().Recent().Take(Shown)];

    private async Task SetAsync(OfflineSwitch one, object? value)
    {
        try
        {
            await Desk.SetAsync(one.Name, value?.ToString() ?? "", CancellationToken.None);
            _said = $"{one.Name} is {Desk.Value(one.Name)} now.";
        }
        catch (Refusal refusal)
        {
            _said = $"{one.Name} stays {Desk.Value(one.Name)}: it takes {refusal.Message}";
        }
    }
}
