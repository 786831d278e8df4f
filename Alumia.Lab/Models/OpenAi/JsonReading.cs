using System.Text;
using System.Text.Json;

namespace Alumia.Lab.Models.OpenAi;

/// <summary>Short words for reading JSON forward. Each <c>Next...</c> moves to the property's value, and past what it does not take.</summary>
internal static class JsonReading
{
    /// <summary>Moves to the next property's name; false at the object's end.</summary>
    public static bool NextProperty(this ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>The value if it is a string, else null.</summary>
    public static string? NextString(this ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return json.GetString();
        json.Skip();
        return null;
    }

    /// <summary>The value if it is a whole number, else null.</summary>
    public static long? NextNumber(this ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number))
            return number;
        json.Skip();
        return null;
    }

    /// <summary>The value's JSON, or null for a JSON null.</summary>
    public static string? NextRaw(this ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
            return null;
        using var value = JsonDocument.ParseValue(ref json);
        return JsonSerializer.Serialize(value.RootElement);
    }

    /// <summary>A string's text, or any other value's JSON (some send a call's arguments as an object).</summary>
    public static string? NextText(this ref Utf8JsonReader json)
    {
        json.Read();
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                return json.GetString();
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                using (var value = JsonDocument.ParseValue(ref json))
                    return value.RootElement.GetRawText();
            default:
                return Encoding.UTF8.GetString(json.ValueSpan);
        }
    }
}
