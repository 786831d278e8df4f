using System.Text;
using System.Text.Json;

namespace Alumia.Lab.Blocks.Content;

/// <summary>What a page's content says before its picture, read without it.</summary>
public sealed record PageHead(string Address, string Title)
{
    /// <summary>From the beginning of the content alone: the bytes come after it.</summary>
    public static PageHead Of(string beginning)
    {
        var (address, title) = ("", "");
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(beginning), isFinalBlock: false, default);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var name = reader.GetString();
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                continue;
            if (name == "address")
                address = reader.GetString()!;
            else if (name == "title")
                title = reader.GetString()!;
        }
        return new PageHead(address, title);
    }
}
