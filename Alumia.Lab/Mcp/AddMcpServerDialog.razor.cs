using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Mcp;

/// <summary>Takes a server's address and key, and has it connected to.</summary>
public sealed partial class AddMcpServerDialog(McpServers servers)
{
    private string _name = "";
    private string _address = "";

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    /// <summary>A server was added.</summary>
    [Parameter] public EventCallback<McpServerLine> Added { get; set; }

    protected override void Clear() => (_name, _address) = ("", "");

    private Task AddAsync() => TryAsync(async left =>
    {
        var added = await servers.AddAsync(Scope, _name, _address, Key, left);
        await CloseAsync(false);
        await Added.InvokeAsync(added);
    });
}
