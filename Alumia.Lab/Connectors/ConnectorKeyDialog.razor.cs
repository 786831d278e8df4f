using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Connectors;

/// <summary>Takes a service's key, and has it tried.</summary>
public sealed partial class ConnectorKeyDialog(KeyConnections keys)
{
    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public Connector Connector { get; set; } = null!;

    /// <summary>The connection whose key is replaced; null for a new one.</summary>
    [Parameter] public string? ConnectionId { get; set; }

    private Task AddAsync() => TryAsync(async left =>
    {
        await keys.AddAsync(Scope, Connector.Slug, Key, ConnectionId, left);
        await CloseAsync(false);
    });
}
