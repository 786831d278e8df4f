using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Alumia.Lab.Tools;

/// <summary>Waits, and counts the seconds aloud.</summary>
public sealed class Wait(TimeProvider clock) : ITool
{
    public string Name => "wait";

    public string Description => "Waits for a number of seconds, at most 600, then goes on.";

    public JsonElement Schema { get; } = Arguments.Schema("""
        {"type":"object","properties":{"seconds":{"type":"number","minimum":0,"maximum":600,"description":"How long to wait."}},"required":["seconds"],"additionalProperties":false}
        """);

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(660);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var seconds = call.Number("seconds")!.Value;
        var left = seconds;
        while (left > 0)
        {
            var now = Math.Min(1, left);
            await Task.Delay(TimeSpan.FromSeconds(now), clock, cancellation);
            left -= now;
            yield return new ToolOutput.Partial(string.Create(CultureInfo.InvariantCulture, $"{seconds - left:0.#} of {seconds:0.#} s\n"));
        }
        yield return new ToolOutput.Result(string.Create(CultureInfo.InvariantCulture, $"Waited {seconds:0.#} seconds."));
    }
}
