using System.Globalization;
using Alumia.Lab.Accounts;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Connectors;

/// <summary>Runs a call of an operation with the connection that its turn may use, and tells what is known of that connection meanwhile.</summary>
internal sealed class OperationRunner(ConnectionFinder finder, ConnectionAccess access, IUserNames names)
{
    /// <summary>Finds the connection, looks whether it can do this, and asks the service.</summary>
    /// <exception cref="Refusal">An argument cannot be sent so.</exception>
    public async Task<OperationEnd> RunAsync(ConnectorSetup setup, Operation operation, ToolCall call, CancellationToken cancellation)
    {
        var (connector, context) = (setup.Connector, call.Context);
        OperationHttp.Make(connector, operation, call.Arguments).Dispose(); // What cannot be sent needs no connection.
        if (await finder.FindAsync(context.OrgId, context.UserId, connector.Slug, cancellation) is not { } connection)
            return new OperationEnd.Needs(new OperationNeed.NotConnected(connector, operation, await NameAsync(context.UserId, cancellation), context.UserId));
        if (connection.Status == ConnectionStatus.AuthFailed)
            return await FailedAsync(connector, operation, connection, connection.Failure, context, cancellation);
        if (!Grants.Covers(connection, operation))
            return await NarrowAsync(connector, operation, connection, bySight: true, context, cancellation);
        try
        {
            switch (await access.SendAsync(connection.Id, () => OperationHttp.Make(connector, operation, call.Arguments), cancellation))
            {
                case Access.Answered answered:
                    using (answered.Response)
                    {
                        return await OperationAnswer.ReadAsync(connector, operation, answered.Response, cancellation)
                            ?? await NarrowAsync(connector, operation, connection, bySight: false, context, cancellation);
                    }
                case Access.Refused refused:
                    return await FailedAsync(connector, operation, connection, refused.Reason, context, cancellation);
                case Access.Unreachable unreachable:
                    return new OperationEnd.Failed(unreachable.Why);
                default:
                    throw new InvalidOperationException("The access came out in no known way.");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new OperationEnd.Failed($"{connector.Name} did not answer in time.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellation.IsCancellationRequested)
        {
            return new OperationEnd.Failed($"{connector.Name} broke off its answer: {exception.Message}");
        }
    }

    /// <summary>What a call waits for, for its output.</summary>
    public async Task<string> NewsAsync(ConnectorSetup setup, ToolContext context, CancellationToken cancellation)
    {
        var connection = await finder.FindAsync(context.OrgId, context.UserId, setup.Connector.Slug, cancellation);
        return $"{(connection is null ? $"{setup.Connector.Name} is not connected." : Standing(setup.Connector, connection))} Waiting for {setup.Connector.Api.Authority}.";
    }

    /// <summary>The same for its card.</summary>
    public async ValueTask<IReadOnlyList<ToolFact>> FactsAsync(ConnectorSetup setup, ToolContext context, CancellationToken cancellation)
    {
        var connector = setup.Connector;
        if (await finder.FindAsync(context.OrgId, context.UserId, connector.Slug, cancellation) is not { } connection)
            return [new ToolFact("Connector", connector.Name), new ToolFact("Its status", "Not connected") { Sentence = $"{connector.Name} is not connected." }];
        List<ToolFact> facts =
        [
            new("Connector", $"{connector.Name}{(connection.Account.Length > 0 ? $", {connection.Account}" : "")}"),
            new("Its status", $"{OperationStanding.Word(connection.Status)} since {At(connection.StatusAtMs)}") { Sentence = Standing(connector, connection) },
            new("Waits for", $"the answer of {connector.Api.Authority}"),
        ];
        if (connection.WorkedAtMs is { } worked)
            facts.Add(new ToolFact("Last worked", At(worked)));
        if (connection.LastError.Length > 0 && connection.LastErrorAtMs is { } erred)
            facts.Add(new ToolFact("Last error", $"{connection.LastError} ({At(erred)})"));
        return facts;
    }

    private static string Standing(Connector connector, Connection connection) =>
        $"{connector.Name}{(connection.Account.Length > 0 ? $" ({connection.Account})" : "")}: {OperationStanding.Word(connection.Status)} since {At(connection.StatusAtMs)}.";

    private static string At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private async Task<OperationEnd> FailedAsync(Connector connector, Operation operation, Connection connection, string reason, ToolContext context, CancellationToken cancellation) =>
        new OperationEnd.Needs(new OperationNeed.AuthFailed(connector, operation, connection, reason, await NameAsync(connection.OwnerId, cancellation), context.UserId));

    private async Task<OperationEnd> NarrowAsync(Connector connector, Operation operation, Connection connection, bool bySight, ToolContext context, CancellationToken cancellation) =>
        operation.Scopes.Count == 0
            ? new OperationEnd.Failed($"{connector.Name} does not let this account do that.")
            : new OperationEnd.Needs(new OperationNeed.MissingScope(connector, operation, connection, bySight, await NameAsync(connection.OwnerId, cancellation), context.UserId));

    private async Task<string> NameAsync(string? userId, CancellationToken cancellation) =>
        userId is null ? "" : (await names.OfAsync([userId], cancellation)).GetValueOrDefault(userId, "a former member");
}
