namespace Alumia.Lab.Mcp;

/// <summary>The org's MCP servers: how they are, their tools, and what of them has to be confirmed. Stands on the connectors page.</summary>
public sealed partial class McpPanel(McpServers all)
{
    private IReadOnlyList<McpServerLine>? _servers;
    private bool _isOpen;
    private string? _said;
    private string? _told;

    protected override string[] Keys => [McpServer.Key(Scope.OrgId)];

    private bool MayChange => McpServers.MayChange(Scope);

    protected override async Task ReadAsync()
    {
        _servers = await all.ListAsync(Scope, Gone);
        // What was said of a server is over once it fails.
        if (_told is { } told && _servers.Any(server => server.Id == told && server.Status == McpStatus.Failed))
            (_said, _told) = (null, null);
    }

    private void OpenDialog() => (_isOpen, _said) = (true, null);

    private void Tell(McpServerLine added) => (_told, _said) = (added.Id, added.Tools.Count switch
    {
        0 => $"{added.Name} is connected. It has no tools.",
        1 => $"{added.Name} is connected. It has 1 tool, which is off until it is switched on in an agent's settings.",
        var count => $"{added.Name} is connected. It has {count} tools, which are off until they are switched on in an agent's settings.",
    });

    private void TellRemoved(McpServerLine removed) => (_told, _said) = (removed.Id, removed.HasKey ? $"{removed.Name} was removed, and its key erased." : $"{removed.Name} was removed.");
}
