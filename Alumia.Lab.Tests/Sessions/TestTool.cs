using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>A tool that does what a test wants.</summary>
internal sealed class TestTool(string name, Func<CancellationToken, IAsyncEnumerable<ToolOutput>> run, TimeSpan? timeLimit = null, ToolRisk risk = ToolRisk.Reads) : ITool
{
    public string Name => name;

    public string Description => "A tool of the tests.";

    public JsonElement Schema { get; } = JsonElement.Parse("""{"type":"object"}""");

    public ToolRisk Risk => risk;

    public TimeSpan TimeLimit => timeLimit ?? TimeSpan.FromMinutes(1);

    public IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, CancellationToken cancellation) => run(cancellation);
}
