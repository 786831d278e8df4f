using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Connectors;

/// <summary>Takes a service's key, has it tried, and keeps it here no longer than that takes.</summary>
public sealed partial class ConnectorKeyDialog(KeyConnections keys)
{
    private string _key = "";

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public Connector Connector { get; set; } = null!;

    /// <summary>The connection whose key is replaced; null for a new one.</summary>
    [Parameter] public string? ConnectionId { get; set; }

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    private Task CloseAsync(bool open)
    {
        _key = "";
        return OpenChanged.InvokeAsync(open);
    }
}
