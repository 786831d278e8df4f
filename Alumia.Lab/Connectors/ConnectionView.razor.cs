using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Connectors;

/// <summary>One connection on its connector's card: its owner's buttons, and for the others whom to ask.</summary>
public sealed partial class ConnectionView(Connections connections, ConnectionChecks checks) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<string> _granted = [];
    private bool _isAsking;
    private bool _isBusy;
    private bool _isChecking;
    private string? _said;
    private string? _refusal;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public Connector Connector { get; set; } = null!;

    [Parameter, EditorRequired] public ConnectionLine Line { get; set; } = null!;

    /// <summary>The person wants to choose scopes anew, or to give another key.</summary>
    [Parameter] public EventCallback ChooseScopes { get; set; }

    /// <summary>It was disconnected; with what the person should know of that, or null.</summary>
    [Parameter] public EventCallback<string?> Removed { get; set; }

    private string StatusWord => Line.Status switch
    {
        ConnectionStatus.Connected => "Connected",
        ConnectionStatus.AuthFailed => "Auth failed",
        _ => "Connecting",
    };

    private string StatusClass => Line.Status switch
    {
        ConnectionStatus.Connected => "chip-ok",
        ConnectionStatus.AuthFailed => "chip-bad",
        _ => "chip-waiting",
    };

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override void OnParametersSet() => _granted = ScopeWords.Of(Connector, Line.Scopes);

    private Task ShareAsync(bool isShared) => TryAsync(() => connections.ShareAsync(Scope, Line.Id, isShared, _gone.Token));

    private Task RemoveAsync() => TryAsync(async () => await Removed.InvokeAsync(await connections.RemoveAsync(Scope, Line.Id, CancellationToken.None)));

    private async Task CheckAsync()
    {
        _isChecking = true;
        await TryAsync(async () => _said = await checks.CheckAsync(Scope, Line.Id, _gone.Token));
        _isChecking = false;
    }

    private async Task TryAsync(Func<Task> deed)
    {
        (_isBusy, _refusal, _said) = (true, null, null);
        try
        {
            await deed();
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The person went elsewhere.
        }
        finally
        {
            _isBusy = false;
        }
    }
}
