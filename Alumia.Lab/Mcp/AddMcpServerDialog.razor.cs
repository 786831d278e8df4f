using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Mcp;

/// <summary>Takes a server's address and key, has it connected to, and keeps the key here no longer than that takes.</summary>
public sealed partial class AddMcpServerDialog(McpServers servers)
{
    private string _name = "";
    private string _address = "";
    private string _key = "";

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    /// <summary>A server was added.</summary>
    [Parameter] public EventCallback<McpServerLine> Added { get; set; }

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    private Task CloseAsync(bool open)
    {
        (_name, _address, _key) = ("", "", "");
        return OpenChanged.InvokeAsync(open);
    }
}
