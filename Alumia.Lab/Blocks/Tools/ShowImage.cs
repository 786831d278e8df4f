using System.Text;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>Shows people a picture.</summary>
public sealed class ShowImage(BlockShelf shelf) : ShowTool(shelf, BlockKind.Image, "an image",
    """
    "alt":{"type":"string","maxLength":1000,"description":"What the image shows, for those who do not see it."},
    "media_type":{"type":"string","enum":["image/png","image/jpeg","image/gif","image/webp","image/svg+xml"]},
    "data":{"type":"string","maxLength":3000000,"description":"The bytes in base64, up to 2 MB; an SVG also as its plain text."}
    """, """
    "alt","media_type","data"
    """)
{
    protected override string Content(ToolCall call)
    {
        var (mediaType, data) = (call.Text("media_type")!, call.Text("data")!);
        var isPlain = mediaType == "image/svg+xml" && data.TrimStart().StartsWith('<');
        return new ImageContent(mediaType, call.Text("alt")!, isPlain ? Convert.ToBase64String(Encoding.UTF8.GetBytes(data)) : data).ToJson();
    }
}
