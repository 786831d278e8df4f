using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Models;

/// <summary>Takes a provider's key, has it checked, and keeps it here no longer than that takes.</summary>
public sealed partial class ProviderKeyDialog(ProviderKeys all) : IDisposable
{
    private static readonly DialogOptions _options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true };
    private CancellationTokenSource _left = new();
    private string _chosen = "";
    private string _key = "";
    private string? _refusal;
    private bool _isBusy;
    private bool _wasOpen;

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    /// <summary>The provider that stands there first: its slug; null for the first of all.</summary>
    [Parameter] public string? Provider { get; set; }

    /// <summary>Whether there is a key of a provider already.</summary>
    [Parameter, EditorRequired] public Func<string, bool> Has { get; set; } = null!;

    /// <summary>A key was added.</summary>
    [Parameter] public EventCallback<ProviderKeyLine> Added { get; set; }

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    protected override void OnParametersSet()
    {
        if (Open && !_wasOpen)
            (_chosen, _key, _refusal) = (Provider ?? all.Providers[0].Slug, "", null);
        _wasOpen = Open;
    }

    private async Task AddAsync()
    {
        if (_isBusy)
            return;
        (_isBusy, _refusal) = (true, null);
        try
        {
            var added = await all.AddAsync(Scope, _chosen, _key, _left.Token);
            await CloseAsync(false);
            await Added.InvokeAsync(added);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (OperationCanceledException) when (!Open)
        {
            // The person left while it was checked: nothing was stored.
        }
        finally
        {
            _isBusy = false;
        }
    }

    private async Task CloseAsync(bool open)
    {
        if (open)
            return;
        _key = "";
        await _left.CancelAsync();
        _left.Dispose();
        _left = new CancellationTokenSource();
        await OpenChanged.InvokeAsync(false);
    }
}
