using System.Text.Json;

namespace Alumia.Lab.Tools;

/// <summary>Reading checked arguments.</summary>
public static class Arguments
{
    /// <summary>A schema written as JSON text.</summary>
    public static JsonElement Schema(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>A text argument, or null where it was left out.</summary>
    public static string? Text(this ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A number argument, or null where it was left out.</summary>
    public static double? Number(this ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
