using System.Text.Json;

namespace Alumia.Lab.Sessions;

/// <summary>Whether a copy that comes from outside is one that a lab could have made: nothing in it may break what reads it later.</summary>
internal static class SessionCopyCheck
{
    /// <summary>The last millisecond that a date can have.</summary>
    private const long LastMs = 253_402_300_799_999;

    private const long MostCounted = 1_000_000_000_000;
    private const int MostMessage = 1_000_000;
    private const int MostName = 255;

    /// <exception cref="Refusal">Invalid; the field says which event.</exception>
    public static void Check(SessionCopy copy)
    {
        Need("label", IsName(copy.Label), $"A session's label has 1 to {MostName} characters.");
        Need("agent", copy.Agent.Length <= MostName, $"An agent's slug has up to {MostName} characters.");
        Need("createdAtMs", IsTime(copy.CreatedAtMs) && IsTime(copy.UpdatedAtMs), "Times are milliseconds since 1970, UTC.");
        var messages = new HashSet<(string, int)>();
        var turns = 0;
        for (var i = 0; i < copy.Events.Count; i++)
        {
            var where = $"events[{i}]";
            Need(where, copy.Events[i] is not null, "An event is missing here.");
            var each = copy.Events[i];
            Need($"{where}.atMs", IsTime(each.AtMs), "Times are milliseconds since 1970, UTC.");
            if (each.Data is TurnStarted began)
            {
                Need($"{where}.turn", each.Turn == ++turns, $"Turn {turns} begins here.");
                Need($"{where}.data", messages.Add((began.MessageId, began.Revision)), "Each revision of a message begins one turn.");
            }
            Need($"{where}.turn", each.Turn >= 1 && each.Turn <= turns, "The event's turn has not begun.");
            Need($"{where}.data", IsSound(each.Data), "The event holds what no lab writes.");
        }
    }

    private static bool IsSound(SessionEventData data) => data switch
    {
        TurnStarted began => IsName(began.MessageId) && began.Revision is >= 1 and < 1_000_000 && began.Text.Length <= MostMessage && (began.Author?.Length ?? 0) <= MostName,
        // Providers are sent these again.
        ToolRequested asked => KindOf(asked.Arguments) == JsonValueKind.Object && (asked.Extra is null || KindOf(asked.Extra) is not null),
        ToolFinished ended => IsCount(ended.DurationMs),
        UsageRecorded usage => IsCount(usage.InputTokens) && IsCount(usage.CachedInputTokens) && IsCount(usage.OutputTokens) && IsCount(usage.ReasoningTokens)
            && IsCount(usage.FirstTokenMs ?? 0) && IsCount(usage.DurationMs),
        TurnFailed { Stop: { } stop } => stop.Stopped?.Contains(null!) == false && stop.NotUndone?.Contains(null!) == false && IsCount(stop.Released),
        ApprovalAnswered answered => Enum.IsDefined(answered.Answer),
        HistoryCut cut => cut.MessagesLeftOut >= 0,
        _ => true,
    };

    private static JsonValueKind? KindOf(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            return parsed.RootElement.ValueKind;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The databases keep no NUL in a text.
    private static bool IsName(string text) => text.Trim().Length is > 0 and <= MostName && !text.Contains('\0', StringComparison.Ordinal);

    private static bool IsTime(long ms) => ms is >= 0 and <= LastMs;

    private static bool IsCount(long number) => number is >= 0 and <= MostCounted;

    private static void Need(string where, bool isSo, string otherwise)
    {
        if (!isSo)
            throw Refusal.Invalid(where, otherwise);
    }
}
