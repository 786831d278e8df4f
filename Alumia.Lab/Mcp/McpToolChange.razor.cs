using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Mcp;

/// <summary>What of a tool has changed, beside what was confirmed, and the button that confirms it.</summary>
public sealed partial class McpToolChange(McpServers servers)
{
    private bool _isBusy;
    private string? _refusal;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public string ServerId { get; set; } = "";

    [Parameter, EditorRequired] public McpToolLine Tool { get; set; } = null!;

    private IEnumerable<(string What, string Before, string Now)> Differences
    {
        get
        {
            var before = Tool.Before!;
            if (before.Description != Tool.Description)
                yield return ("Description", before.Description, Tool.Description);
            if (McpText.Pretty(before.Schema) is var old && McpText.Pretty(Tool.Schema) is var now && old != now)
                yield return ("Schema", old, now);
            if (before.ReadsOnly != Tool.ReadsOnly)
                yield return ("Kind", Kind(before.ReadsOnly), Kind(Tool.ReadsOnly));
        }
    }

    private static string Kind(bool readsOnly) => readsOnly ? "Reads" : "Writes";

    private async Task ConfirmAsync()
    {
        (_isBusy, _refusal) = (true, null);
        try
        {
            await servers.ConfirmAsync(Scope, ServerId, Tool.ServerName, Tool.Hash, CancellationToken.None);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        finally
        {
            _isBusy = false;
        }
    }
}
