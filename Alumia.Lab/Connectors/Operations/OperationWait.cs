using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Connectors;

/// <summary>What a parked call of an operation waits for.</summary>
/// <param name="Connector">The connector's slug.</param>
/// <param name="UserId">Whose turn it is.</param>
/// <param name="Scopes">Any of these suffices; empty where none is needed.</param>
/// <param name="Connection">The connection that did not do, with what it had.</param>
internal sealed record OperationWait(string Connector, string? UserId, IReadOnlyList<string> Scopes, OperationWait.Held? Connection)
{
    /// <summary>The kind of the wake condition.</summary>
    public const string Kind = "connector";

    /// <summary>A connection as it did not do.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Scopes">What was granted, as far as was known.</param>
    /// <param name="SeemedRight">It seemed to suffice, and the service said otherwise: only another grant is worth a try.</param>
    internal sealed record Held(string Id, IReadOnlyList<string> Scopes, bool SeemedRight);

    /// <summary>Parks the turn, with its card, in one transaction.</summary>
    public static ToolOutput Park(Tx tx, ToolCall call, Operation operation, OperationNeed need)
    {
        var held = need.Connection is { } connection ? new Held(connection.Id, connection.Scopes, need is OperationNeed.MissingScope { BySight: false }) : null;
        var wait = new OperationWait(need.Connector.Slug, need.UserId, operation.Scopes, held);
        return new ToolOutput.Park(Awaited.Connector, Kind, need.AuthError, Keys(call.Context.OrgId, held?.Id), Arguments: JsonSerializer.Serialize(wait, JsonSerializerOptions.Web))
        {
            Trouble = OperationTroubles.Raise(tx, call, need),
        };
    }

    /// <summary>Whether the connection that the turn would use now is worth running the call again.</summary>
    public bool IsOver(Connection? now) => now is { Status: ConnectionStatus.Connected }
        && (Scopes.Count == 0 || Scopes.Any(now.Scopes.Contains))
        && !(Connection is { SeemedRight: true } held && held.Id == now.Id && held.Scopes.ToHashSet().SetEquals(now.Scopes));

    // Another connection than the one that failed may do too.
    private static string Keys(string orgId, string? connectionId) =>
        connectionId is null ? ConnectionKeys.List(orgId) : $"{ConnectionKeys.Of(connectionId)} {ConnectionKeys.List(orgId)}";
}

/// <summary>Wakes a turn that waits for a connection, once there is one that works and suffices.</summary>
internal sealed class OperationWake(ConnectionFinder finder) : IWakeChecker
{
    public string Kind => OperationWait.Kind;

    public async Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation)
    {
        var wait = JsonSerializer.Deserialize<OperationWait>(condition.Arguments, JsonSerializerOptions.Web)!;
        return wait.IsOver(await finder.FindAsync(condition.OrgId, wait.UserId, wait.Connector, cancellation));
    }
}
