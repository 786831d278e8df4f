using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Alumia.Lab.Blocks;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Canvas;

/// <summary>Writes and reads a canvas's file.</summary>
internal static class CanvasFileJson
{
    private static readonly JsonTypeInfo<CanvasFile> _form = (JsonTypeInfo<CanvasFile>)new JsonSerializerOptions(CanvasFileForm.Default.Options)
    {
        // Letters of all languages stand as they are; what HTML would read is escaped.
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        TypeInfoResolver = CanvasFileForm.Default.WithAddedModifier(AllowAbsence),
    }.GetTypeInfo(typeof(CanvasFile));

    public static byte[] Write(CanvasFile file) => JsonSerializer.SerializeToUtf8Bytes(file, _form);

    /// <exception cref="Refusal">It is too large, or no such file; it says where.</exception>
    public static CanvasFile Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > CanvasFile.MostBytes)
            throw TooLarge();
        try
        {
            // Some editors put a mark before UTF-8, which JSON does not know.
            return JsonSerializer.Deserialize(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes, _form) ?? throw Refusal.Invalid("file", "The file is empty.");
        }
        catch (JsonException exception)
        {
            var path = exception.Path is { Length: > 1 } found ? found[2..] : "the top";
            throw Refusal.Invalid("file", $"This is no canvas file of version {CanvasFile.CurrentVersion}, or it is damaged: something does not belong, or is missing, at {path} (line {exception.LineNumber + 1}).");
        }
        catch (NotSupportedException)
        {
            throw Refusal.Invalid("file", "This is no canvas file, or it is damaged: an event in it has no kind.");
        }
    }

    public static Refusal TooLarge() => new(RefusalKind.TooLarge, $"A canvas file has up to {CanvasFile.MostBytes / 1024 / 1024} MB.");

    /// <summary>What may be null may be left out.</summary>
    private static void AllowAbsence(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => property.AssociatedParameter?.IsNullable == true))
            property.IsRequired = false;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowOutOfOrderMetadataProperties = true,
    Converters = [typeof(FileWord<SessionStatus>), typeof(FileWord<ToolEnding>), typeof(FileWord<BlockKind>), typeof(FileWord<AuthorKind>), typeof(FileWord<ProjectVisibility>)])]
[JsonSerializable(typeof(CanvasFile))]
internal sealed partial class CanvasFileForm : JsonSerializerContext;

/// <summary>A choice as the lab's other documents spell it, <c>awaiting_peer</c>; a number is none.</summary>
internal sealed class FileWord<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;
