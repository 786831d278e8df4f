using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Models;

/// <summary>Takes a provider's key, has it checked, and keeps it here no longer than that takes.</summary>
public sealed partial class ProviderKeyDialog(ProviderKeys all)
{
    private string _chosen = "";
    private string _key = "";
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

    protected override void OnParametersSet()
    {
        if (Open && !_wasOpen)
            _chosen = Provider ?? all.Providers[0].Slug;
        _wasOpen = Open;
    }

    private Task CloseAsync(bool open)
    {
        _key = "";
        return OpenChanged.InvokeAsync(open);
    }
}
