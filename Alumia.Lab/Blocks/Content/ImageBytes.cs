using System.Text;

namespace Alumia.Lab.Blocks.Content;

/// <summary>Which pictures are taken, known by their first bytes and not by what they call themselves.</summary>
internal static class ImageBytes
{
    /// <summary>Of the bytes themselves.</summary>
    internal const int Most = 2 * 1024 * 1024;

    internal static IReadOnlyList<string> MediaTypes { get; } = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"];

    internal static bool Fit(string mediaType, ReadOnlySpan<byte> bytes) => mediaType switch
    {
        "image/png" => bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        "image/jpeg" => bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]),
        "image/gif" => bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8),
        "image/webp" => bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8),
        "image/svg+xml" => IsSvg(bytes),
        _ => false,
    };

    private static bool IsSvg(ReadOnlySpan<byte> bytes)
    {
        var start = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 4096)]).TrimStart('\uFEFF').TrimStart();
        return start.StartsWith('<') && start.Contains("<svg", StringComparison.OrdinalIgnoreCase);
    }
}
