using System.Diagnostics.CodeAnalysis;

namespace Alumia.Lab.Tools;

/// <summary>Addresses as agents name them.</summary>
public static class WebAddress
{
    /// <summary>An http or https address without credentials; a name alone is taken as https. Null where it is none, and then what is wrong.</summary>
    public static Uri? Parse(string text, out string wrong)
    {
        wrong = "";
        text = text.Trim();
        if (!text.Contains("://", StringComparison.Ordinal) && LooksLikeName(text))
            text = "https://" + text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0 && address.Scheme is "http" or "https")
            wrong = $"\"{Short(text)}\" is no address. Use one that begins with https:// or http://.";
        else if (address.Scheme is not ("http" or "https"))
            wrong = $"{address.Scheme}: addresses are refused; only http and https ones are read.";
        else if (address.UserInfo.Length > 0)
            wrong = "An address with a user name or password in it is refused.";
        return wrong.Length == 0 ? address : null;
    }

    private static bool LooksLikeName([NotNullWhen(true)] string? text) =>
        text is not null && text.Split('/')[0].Contains('.', StringComparison.Ordinal) && !text.Split('/')[0].Contains('@', StringComparison.Ordinal)
        && (!text.Contains(':', StringComparison.Ordinal) || char.IsAsciiDigit(text[Math.Min(text.Length - 1, text.IndexOf(':', StringComparison.Ordinal) + 1)]));

    private static string Short(string text) => text.Length > 200 ? text[..200] + "…" : text;
}
