using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Alumia.Lab.Sharing;

/// <summary>What names a shared canvas: 72 URL-safe characters, all random.</summary>
internal static class ShareToken
{
    public const int Length = 72;

    public static string Mint() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Length / 4 * 3));

    /// <summary>By what it is looked up. Whatever somebody sends has one.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public static string Path(string token) => $"/share/{token}";
}
