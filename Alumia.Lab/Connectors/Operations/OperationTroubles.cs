using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Connectors;

/// <summary>The troubles of a session that waits for a connection; their cards stand in the chat and in the document's section.</summary>
internal static class OperationTroubles
{
    /// <summary>No connection can be used, or the one that there is has failed.</summary>
    public const string NeededKind = "connector_needed";

    /// <summary>The connection was not granted what the operation needs.</summary>
    public const string ScopeKind = "missing_scope";

    // Fixes of sessions.
    private const string TryNow = "wake_now";
    private const string Cancel = "cancel_session";

    public static readonly TroubleKind[] Kinds =
    [
        new(NeededKind, ConnectorTroubles.Section, ReconnectFix.Reconnect, ConnectFix.Connect, GoOnWithoutFix.GoOn, Cancel),
        new(ScopeKind, ConnectorTroubles.Section, ReconnectFix.Reconnect, GoOnWithoutFix.GoOn, TryNow, Cancel),
    ];

    /// <summary>Raises the trouble of a call that is about to wait; gives its id and kind.</summary>
    public static (string Id, string Kind) Raise(Tx tx, ToolCall call, OperationNeed need)
    {
        var (context, kind) = (call.Context, need is OperationNeed.MissingScope ? ScopeKind : NeededKind);
        Fix goOn = new(GoOnWithoutFix.GoOn, "Go on without it", new() { ["session"] = context.SessionId, ["call"] = call.Id, ["error"] = need.ForModel });
        Fix cancel = new(Cancel, "Cancel session", new() { ["session"] = context.SessionId });
        List<Fix> fixes = [Mend(need), goOn, cancel];
        if (need is OperationNeed.MissingScope { BySight: false })
            fixes.Insert(2, new Fix(TryNow, "Try again", new() { ["session"] = context.SessionId }));
        var id = TroubleLog.Raise(tx, context.OrgId, kind, $"session:{context.SessionId}", need.Title, need.Cause, Facts(need), fixes, context.ProjectId, context.SessionId);
        return (id, kind);
    }

    /// <summary>The deed that mends it, first of all.</summary>
    public static Fix Mend(OperationNeed need) => need switch
    {
        OperationNeed.MissingScope narrow => ConnectorTroubles.Reconnect(narrow.Narrow, Words(need), narrow.Wanted),
        { Connection: { } connection } => ConnectorTroubles.Reconnect(connection, Words(need)),
        _ => ConnectorTroubles.Connect(need.Connector, Chosen(need)) with
        {
            OnlyFor = need.UserId,
            Otherwise = $"This is {need.Owner}'s turn. Ask {need.Owner} to connect {need.Connector.Name}, or let everybody's agents use a connection of yours.",
        },
    };

    /// <summary>What is chosen from the beginning, and what the operation needs.</summary>
    private static IEnumerable<string> Chosen(OperationNeed need) =>
        need.Connector.Scopes.Where(scope => scope.IsChosen || (need.Operation.Scopes is [var first, ..] && scope.Name == first)).Select(scope => scope.Name);

    private static List<Evidence> Facts(OperationNeed need)
    {
        List<Evidence> facts = [new("Connector", need.Connector.Name), new("Operation", $"{need.Operation.Name}: {need.Operation.Title}")];
        if (need.Connection is { } connection)
        {
            facts.Add(new Evidence("Account", need.Account));
            facts.Add(new Evidence("Whose", need.Owner));
        }
        else if (need.Owner.Length > 0)
        {
            facts.Add(new Evidence("Whose turn", need.Owner));
        }
        switch (need)
        {
            case OperationNeed.AuthFailed failed:
                facts.Add(new Evidence("Why", failed.Reason, failed.Failing.Status == ConnectionStatus.AuthFailed ? failed.Failing.StatusAtMs : null));
                break;
            case OperationNeed.MissingScope narrow:
                facts.Add(new Evidence("Granted", Grants.Say(need.Connector, narrow.Narrow.Scopes)));
                facts.Add(new Evidence("Missing", $"{Grants.Say(need.Connector, [narrow.Missing])} ({narrow.Missing})"));
                break;
        }
        return facts;
    }

    private static ConnectorTroubles.Words Words(OperationNeed need) => new(need.Connector.Name, need.Owner);
}

/// <summary>Ends the call that waits for a connection: the model is told the error, and goes on.</summary>
internal sealed class GoOnWithoutFix(Conversations conversations) : IFixHandler
{
    public const string GoOn = "go_on_without";

    public string Kind => GoOn;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        await conversations.GiveUpAsync(scope, fix["session"], fix["call"], fix["error"], cancellation);
        return new FixOutcome("The agent goes on without it.");
    }
}
