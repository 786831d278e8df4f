namespace Alumia.Lab.Blocks.Content;

/// <summary>A picture: its media type, what it shows in words, and its bytes in base64.</summary>
public sealed record ImageContent(string MediaType, string Alt, string Data)
{
    /// <exception cref="Refusal">It is no image.</exception>
    public static ImageContent Parse(string json)
    {
        var content = ContentJson.Parse(json, ContentJson.Default.ImageContent, "image");
        return new ImageContent(content.MediaType ?? "", content.Alt ?? "", content.Data ?? "");
    }

    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, ContentJson.Default.ImageContent);
}
