using System.Globalization;
using System.Text.Json;
using Alumia.Lab.Tools;
using ModelContextProtocol.Protocol;

namespace Alumia.Lab.Mcp;

/// <summary>A server's answer as the model reads it: text, marked as coming from outside.</summary>
internal static class McpAnswer
{
    private const int Most = 60_000;

    public static ToolOutput Of(CallToolResult result, string source, string? key)
    {
        var parts = (result.Content ?? []).Select(PartOf).Where(part => part.Length > 0).ToList();
        if (result.StructuredContent is { } structured && !parts.Exists(part => Says(part, structured)))
            parts.Add(structured.GetRawText());
        var text = parts.Count == 0 ? "(It answered nothing.)" : string.Join("\n\n", parts);
        if (key is not null)
            text = text.Replace(key, "(key)", StringComparison.Ordinal);
        if (text.Length > Most)
            text = string.Create(CultureInfo.InvariantCulture, $"{Foreign.Text(text, Most)}\n({text.Length - Most:N0} more characters are left out.)");
        var wrapped = Untrusted.Wrap(source, Foreign.Text(text));
        return result.IsError is true ? new ToolOutput.Error($"The tool did not work.\n{wrapped}") : new ToolOutput.Result(wrapped);
    }

    private static string PartOf(ContentBlock block) => block switch
    {
        TextContentBlock text => text.Text,
        ImageContentBlock image => $"[An image, {image.MimeType}, {Size(image.DecodedData.Length)}]",
        AudioContentBlock audio => $"[A sound, {audio.MimeType}, {Size(audio.DecodedData.Length)}]",
        ResourceLinkBlock link => $"[A link to a resource: {link.Title ?? link.Name}, {link.Uri}{(link.MimeType is { } type ? $", {type}" : "")}]{(link.Description is { } words ? $" {words}" : "")}",
        EmbeddedResourceBlock { Resource: TextResourceContents resource } => $"[The resource {resource.Uri}]\n{resource.Text}",
        EmbeddedResourceBlock { Resource: BlobResourceContents resource } => $"[The resource {resource.Uri}, {resource.MimeType ?? "of an unknown kind"}, {Size(resource.DecodedData.Length)}]",
        _ => $"[Something of the kind {block.Type}, which is not shown]",
    };

    private static string Size(int bytes) => bytes < 10_240 ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:N0} KB");

    /// <summary>Servers tell the same once as text, for clients that know no other.</summary>
    private static bool Says(string part, JsonElement structured)
    {
        try
        {
            using var parsed = JsonDocument.Parse(part);
            return JsonElement.DeepEquals(parsed.RootElement, structured);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
