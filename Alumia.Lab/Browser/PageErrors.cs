using System.Text.RegularExpressions;

namespace Alumia.Lab.Browser;

/// <summary>What Playwright says, in few words: the rest of it quotes the page.</summary>
internal static partial class PageErrors
{
    public static string Short(Exception exception) =>
        Net().Match(exception.Message) is { Success: true } net ? net.Value
        : exception is TimeoutException || exception.Message.Contains("Timeout", StringComparison.Ordinal) ? "it took too long"
        : exception.Message.Contains("has been closed", StringComparison.Ordinal) ? "the page was closed"
        : "it refused";

    /// <summary>It was no page but a file.</summary>
    public static bool IsDownload(Exception exception) =>
        exception.Message.Contains("Download is starting", StringComparison.Ordinal) || exception.Message.Contains("net::ERR_ABORTED", StringComparison.Ordinal);

    /// <summary>Another navigation came between.</summary>
    public static bool IsInterrupted(Exception exception) => exception.Message.Contains("interrupted by another navigation", StringComparison.Ordinal);

    /// <summary>Why an address could not be opened.</summary>
    public static string Opening(string place, Exception exception) => Net().Match(exception.Message).Value switch
    {
        "net::ERR_TUNNEL_CONNECTION_FAILED" or "net::ERR_PROXY_CONNECTION_FAILED" => $"{place} could not be reached, or redirects to a place that is refused.",
        _ when IsDownload(exception) => $"What is at this address of {place} is a file and no page; downloads are refused. web_fetch says what it is.",
        "net::ERR_TOO_MANY_REDIRECTS" => $"{place} redirects again and again.",
        "" => $"{place} could not be opened: {Short(exception)}.",
        var net => $"{place} could not be opened: {net}.",
    };

    [GeneratedRegex(@"net::ERR_[A-Z0-9_]+")]
    private static partial Regex Net();
}
