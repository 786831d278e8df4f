using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Connectors;

/// <summary>A connector with its connections: how each stands, and what mends it.</summary>
public sealed partial class ConnectorCard(ConnectAnswers answers, PublicUrls urls)
{
    private bool _isOpen;
    private bool _isBusy;
    private ConnectionLine? _chosen;
    private string? _refusal;
    private string? _note;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public ConnectorSetup Setup { get; set; } = null!;

    /// <summary>The org's connections of it, the reader's own first.</summary>
    [Parameter] public IReadOnlyList<ConnectionLine> Lines { get; set; } = [];

    /// <summary>What came of the reader's last way to its consent.</summary>
    [Parameter] public ConnectNews? News { get; set; }

    private Connector Connector => Setup.Connector;

    /// <summary>That it is connected the chip says, and what failed later is told by the connection itself.</summary>
    private bool IsNews(ConnectNews news) => news.OtherAccount is not null
        || !((news.IsGood && news.Outcome == ConnectReturn.Plain) || Lines.Any(line => line.Id == news.ConnectionId && line.Status == ConnectionStatus.AuthFailed && line.StatusAtMs > news.AtMs));

    private void OpenFor(ConnectionLine? line) => (_chosen, _isOpen) = (line, true);

    private async Task TryAsync(Func<Task> deed)
    {
        (_isBusy, _refusal) = (true, null);
        try
        {
            await deed();
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
