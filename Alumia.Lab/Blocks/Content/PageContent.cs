namespace Alumia.Lab.Blocks.Content;

/// <summary>A page of the web as a browser shows it now: its address, its title, and a picture of it in base64.</summary>
public sealed record PageContent(string Address, string Title, string MediaType, string Data)
{
    /// <exception cref="Refusal">It is no page.</exception>
    public static PageContent Parse(string json)
    {
        var content = ContentJson.Parse(json, ContentJson.Default.PageContent, "page");
        return new PageContent(content.Address ?? "", content.Title ?? "", content.MediaType ?? "", content.Data ?? "");
    }

    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, ContentJson.Default.PageContent);
}
