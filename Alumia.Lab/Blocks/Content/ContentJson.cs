using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Alumia.Lab.Blocks.Content;

/// <summary>How contents that are not plain text are stored: camelCase JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CodeContent))]
[JsonSerializable(typeof(TableContent))]
[JsonSerializable(typeof(ChartContent))]
[JsonSerializable(typeof(ImageContent))]
[JsonSerializable(typeof(PageContent))]
internal sealed partial class ContentJson : JsonSerializerContext
{
    /// <exception cref="Refusal">It is no JSON of this form.</exception>
    internal static T Parse<T>(string json, JsonTypeInfo<T> form, string what) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, form) ?? throw Refusal.Invalid("content", $"A {what} is a JSON object.");
        }
        catch (JsonException exception)
        {
            throw Refusal.Invalid("content", $"This is no {what} as it is stored: {Where(exception)} does not fit.");
        }
        catch (ArgumentException)
        {
            throw Refusal.Invalid("content", $"This is no {what} as it is stored: it holds half a character.");
        }
    }

    private static string Where(JsonException exception) => exception.Path is { Length: > 1 } path ? path : "the JSON";
}
