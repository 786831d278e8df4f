using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Alumia.Lab.Tools;

/// <summary>Tells the time: models have none.</summary>
public sealed class CurrentTime(TimeProvider clock) : ITool
{
    public string Name => "current_time";

    public string Description => "Tells the current date and time, in UTC or in a time zone.";

    public JsonElement Schema { get; } = Arguments.Schema("""
        {"type":"object","properties":{"time_zone":{"type":"string","description":"An IANA time zone such as Europe/Paris; UTC where left out."}},"additionalProperties":false}
        """);

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var name = call.Text("time_zone") ?? "UTC";
        yield return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? new ToolOutput.Result(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).ToString("dddd d MMMM yyyy, HH:mm:ss 'UTC'zzz", CultureInfo.InvariantCulture))
            : new ToolOutput.Error($"There is no time zone named {name}. Use an IANA name such as Europe/Paris.");
    }
}
