using System.Collections.Concurrent;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Connectors;

/// <summary>The operations of all connectors that this lab can use, as tools. The same object comes for the same operation each time.</summary>
internal sealed class OperationTools(ConnectorSetups setups, OperationRunner runner, TimeProvider clock) : IToolSource
{
    private readonly ConcurrentDictionary<string, (ConnectorSetup Setup, OperationTool[] Tools)> _made = new();

    public ValueTask<IReadOnlyList<ITool>> ToolsAsync(string orgId, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<ITool>>([.. setups.All.Where(setup => setup.IsConfigured).SelectMany(ToolsOf)]);

    private OperationTool[] ToolsOf(ConnectorSetup setup)
    {
        // The configuration may change, and the stand-in's address is known only when the lab listens.
        var made = _made.AddOrUpdate(setup.Connector.Slug, _ => Make(setup), (_, old) => IsSame(old.Setup, setup) ? old : Make(setup));
        return made.Tools;
    }

    private (ConnectorSetup Setup, OperationTool[] Tools) Make(ConnectorSetup setup) =>
        (setup, [.. setup.Connector.Operations.Select(operation => new OperationTool(setup, operation, runner, clock))]);

    /// <summary>In all that calls depend on.</summary>
    private static bool IsSame(ConnectorSetup one, ConnectorSetup other) =>
        one.Client == other.Client && one.Connector.Api == other.Connector.Api && ReferenceEquals(one.Connector.Operations, other.Connector.Operations);
}
