using System.Net;
using Alumia.Lab.Outbound;
using Microsoft.AspNetCore.WebUtilities;
using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace Alumia.Lab.Mcp;

/// <summary>A server that could not be reached or ended. The message continues the sentence "it failed: ...", and holds no key.</summary>
public sealed class McpFault(string why, Exception? inner = null) : Exception(why, inner)
{
    private const int Most = 600;

    /// <summary>What went wrong, as far as the exception tells.</summary>
    /// <param name="exception">As it was caught.</param>
    /// <param name="key">The bearer key, which servers may repeat.</param>
    /// <param name="seconds">How long the server had to answer.</param>
    public static McpFault Of(Exception exception, string? key, int seconds)
    {
        if (exception is McpFault known)
            return known;
        var chain = Chain(exception).ToList();
        var words = chain.OfType<OutboundException>().FirstOrDefault()?.Message
            ?? chain.OfType<Refusal>().FirstOrDefault()?.Message
            ?? chain.OfType<ClientTransportClosedException>().Select(closed => closed.Details).OfType<HttpClientCompletionDetails>().Select(details => details.HttpStatusCode).OfType<HttpStatusCode>()
                .Concat(chain.OfType<HttpRequestException>().Select(request => request.StatusCode).OfType<HttpStatusCode>()).Select(WordsOf).FirstOrDefault()
            ?? (chain.Exists(each => each is TimeoutException or OperationCanceledException) ? $"it did not answer within {seconds} s" : null)
            ?? (chain.OfType<McpException>().FirstOrDefault() is { } protocol ? $"it answered with an error: {protocol.Message}" : null)
            ?? chain.OfType<HttpRequestException>().FirstOrDefault()?.Message
            ?? (chain.Exists(each => each is System.Text.Json.JsonException) ? "what it answers is no MCP" : exception.Message);
        return new McpFault(Told(words, key), exception);
    }

    /// <summary>Text from outside, short, in one line, and without the key.</summary>
    internal static string Told(string words, string? key)
    {
        var one = string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (!string.IsNullOrEmpty(key))
            one = one.Replace(key, "(key)", StringComparison.Ordinal);
        return Foreign.Text(one, Most);
    }

    private static string WordsOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => "it refuses the key, or needs one (401)",
        HttpStatusCode.Forbidden => "it refuses this key (403)",
        HttpStatusCode.NotFound => "there is no MCP server at this address (404)",
        HttpStatusCode.MethodNotAllowed => "there is no MCP server at this address (405)",
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => $"it sends on to another address ({(int)status}); use that one",
        _ => $"it answered {(int)status} ({ReasonPhrases.GetReasonPhrase((int)status)})",
    };

    private static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (var each = exception; each is not null; each = each.InnerException)
        {
            yield return each;
            if (each is AggregateException { InnerExceptions.Count: > 1 } many)
            {
                foreach (var other in many.InnerExceptions.Skip(1).SelectMany(Chain))
                    yield return other;
            }
        }
    }
}
