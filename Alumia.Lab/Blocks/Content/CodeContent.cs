namespace Alumia.Lab.Blocks.Content;

/// <summary>Code and the language that it is written in, as editors name it (<c>python</c>); empty where unknown.</summary>
public sealed record CodeContent(string Language, string Code)
{
    /// <exception cref="Refusal">It is no code.</exception>
    public static CodeContent Parse(string json)
    {
        var content = ContentJson.Parse(json, ContentJson.Default.CodeContent, "code");
        return content with { Language = content.Language ?? "", Code = content.Code ?? "" };
    }

    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, ContentJson.Default.CodeContent);
}
