using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Models;

/// <summary>Takes a provider's key, and has it checked.</summary>
public sealed partial class ProviderKeyDialog(ProviderKeys all)
{
    private string _chosen = "";

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    /// <summary>The provider that stands there first: its slug; null for the first of all.</summary>
    [Parameter] public string? Provider { get; set; }

    /// <summary>Whether there is a key of a provider already.</summary>
    [Parameter, EditorRequired] public Func<string, bool> Has { get; set; } = null!;

    /// <summary>A key was added.</summary>
    [Parameter] public EventCallback<ProviderKeyLine> Added { get; set; }

    protected override void Clear() => _chosen = Provider ?? all.Providers[0].Slug;

    private Task AddAsync() => TryAsync(async left =>
    {
        var added = await all.AddAsync(Scope, _chosen, Key, left);
        await CloseAsync(false);
        await Added.InvokeAsync(added);
    });
}
