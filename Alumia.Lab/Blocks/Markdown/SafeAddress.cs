namespace Alumia.Lab.Blocks.Markdown;

/// <summary>Which addresses of an answer may become a link or a picture. Whatever is not plainly harmless is not.</summary>
internal static class SafeAddress
{
    private const int MostInlinePicture = 256 * 1024;
    private static readonly string[] _pictures = ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,"];

    /// <summary>http, https, mailto, or a path of this lab.</summary>
    public static bool IsLink(string? address)
    {
        if (string.IsNullOrEmpty(address) || address.Any(character => char.IsControl(character) || character == '\\'))
            return false;
        if (address[0] is '/' or '#')
            return IsLocal(address);
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https" && uri.Host.Length > 0 || uri.Scheme == "mailto");
    }

    /// <summary>Only what needs no request to elsewhere: a picture of the lab's blocks, or a small one within the text.</summary>
    public static bool IsPicture(string? address)
    {
        if (string.IsNullOrEmpty(address) || address.Length > MostInlinePicture)
            return false;
        if (address.StartsWith("/blocks/", StringComparison.Ordinal))
            return IsLink(address) && !address.Contains("..", StringComparison.Ordinal);
        var kind = Array.Find(_pictures, kind => address.StartsWith(kind, StringComparison.OrdinalIgnoreCase));
        return kind is not null && address.AsSpan(kind.Length).IndexOfAnyExcept(_base64) < 0;
    }

    private static readonly System.Buffers.SearchValues<char> _base64 =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    private static bool IsLocal(string address) => address.Length < 2 || address[1] != '/';
}
