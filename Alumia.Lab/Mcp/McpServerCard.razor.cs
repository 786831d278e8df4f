using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Mcp;

/// <summary>One server: its state, what can be done with it, and its tools.</summary>
public sealed partial class McpServerCard(McpServers servers) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private bool _isAsked;
    private bool _isTrying;
    private string? _refusal;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public McpServerLine Server { get; set; } = null!;

    /// <summary>It was removed.</summary>
    [Parameter] public EventCallback<McpServerLine> Removed { get; set; }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private async Task TryAsync()
    {
        (_isTrying, _refusal) = (true, null);
        try
        {
            await servers.TryAgainAsync(Scope, Server.Id, _gone.Token);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The person went elsewhere; the attempt goes on.
        }
        finally
        {
            _isTrying = false;
        }
    }

    private async Task RemoveAsync()
    {
        (_isAsked, _refusal) = (false, null);
        try
        {
            await servers.RemoveAsync(Scope, Server.Id, CancellationToken.None);
            await Removed.InvokeAsync(Server);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
