using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Connectors;

/// <summary>An operation of a connector as a tool: off until somebody switches it on.</summary>
internal sealed class OperationTool(ConnectorSetup setup, Operation operation, OperationRunner runner, TimeProvider clock) : ITool, IToolProbe
{
    private static readonly TimeSpan _firstNews = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _news = TimeSpan.FromSeconds(10);

    public Operation Operation => operation;

    public string Name => operation.Name;

    public string Description => operation.Description;

    public JsonElement Schema => operation.Schema;

    public ToolRisk Risk => operation.Writes ? ToolRisk.Writes : ToolRisk.Reads;

    public ToolRight DefaultRight => ToolRight.Off;

    public string? Group => setup.Connector.Name;

    public TimeSpan TimeLimit => TimeSpan.FromMinutes(5);

    public ValueTask<IReadOnlyList<ToolFact>> LookAsync(ToolCall call, CancellationToken cancellation) => runner.FactsAsync(setup, call.Context, cancellation);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var running = runner.RunAsync(setup, operation, call, cancellation);
        for (var pause = _firstNews; await Task.WhenAny(running, Task.Delay(pause, clock, cancellation)) != running; pause = _news)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new ToolOutput.Partial(await runner.NewsAsync(setup, call.Context, cancellation) + "\n");
        }
        var end = await running;
        if (end is OperationEnd.Needs { Need: var need } && !call.Context.IsByProgram)
        {
            yield return new ToolOutput.Decided(tx => OperationWait.Park(tx, call, operation, need));
            yield break;
        }
        yield return end switch
        {
            OperationEnd.Answered answered => new ToolOutput.Result(answered.Text),
            OperationEnd.Failed failed => new ToolOutput.Error(failed.Message),
            OperationEnd.Needs needs => new ToolOutput.Error(needs.Need.ForModel),
            _ => throw new InvalidOperationException($"{end.GetType().Name} is no end of an operation."),
        };
    }
}
