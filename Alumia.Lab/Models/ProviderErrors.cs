using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Models;

/// <summary>Turns what providers send in trouble into <see cref="ProviderException"/>s.</summary>
internal static partial class ProviderErrors
{
    private static readonly string[] _messageNames = ["error", "message", "detail", "msg"];

    public static ProviderException FromResponse(Provider provider, int status, string body, TimeSpan? retryAfter, Exception? inner = null) =>
        MessageIn(body) is var message && status == StatusCodes.Status400BadRequest && message is not null && BadKey().IsMatch(message)
            ? new(ProviderFailure.Unauthorized, Sentence(provider, $"answered {status}", message), status, retryAfter, inner)
            : new(FailureOf(status), Sentence(provider, $"answered {status}", message), status, retryAfter, inner);

    public static ProviderException FromStream(Provider provider, int? status, string? message) =>
        new(status is null ? ProviderFailure.Overloaded : FailureOf(status.Value), Sentence(provider, "broke off its answer with an error", message), status);

    public static ProviderException Network(Provider provider, Exception inner) =>
        new(ProviderFailure.Network, $"{provider.Name} could not be reached: {inner.Message}", inner: inner);

    public static ProviderException Cut(Provider provider, Exception? inner = null) =>
        new(ProviderFailure.Cut, $"{provider.Name} ended its answer in the middle.", inner: inner);

    public static ProviderException Silent(Provider provider, TimeSpan limit) =>
        new(ProviderFailure.Network, $"{provider.Name} sent nothing for {limit.TotalSeconds:0} s.");

    /// <summary>What a <c>Retry-After</c> asks for, in seconds or as a date.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, TimeProvider clock) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > clock.GetUtcNow() ? date - clock.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };

    public static ProviderFailure FailureOf(int status) => status switch
    {
        429 => ProviderFailure.RateLimited,
        401 or 403 => ProviderFailure.Unauthorized,
        408 => ProviderFailure.Network,
        >= 500 => ProviderFailure.Overloaded,
        _ => ProviderFailure.BadRequest,
    };

    /// <summary>The message inside an error body: <c>{"error":{"message"}}</c>, <c>{"error":"..."}</c>, <c>[{"error":...}]</c>, <c>{"detail"}</c>, <c>{"message"}</c>, or plain text.</summary>
    private static string? MessageIn(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return MessageOf(json.RootElement);
        }
        catch (JsonException)
        {
            return body.StartsWith('<') ? null : body; // A proxy's page of HTML tells a person nothing.
        }
    }

    private static string? MessageOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Array when element.GetArrayLength() > 0 => MessageOf(element[0]),
        JsonValueKind.Object => _messageNames
            .Select(name => element.TryGetProperty(name, out var inner) ? MessageOf(inner) : null)
            .FirstOrDefault(message => message is not null),
        _ => null,
    };

    private static string Sentence(Provider provider, string what, string? message)
    {
        message = message?.Trim();
        if (string.IsNullOrEmpty(message))
            return $"{provider.Name} {what}.";
        return $"{provider.Name} {what}: {(message.Length > 500 ? message[..500] + "…" : message)}";
    }

    /// <summary>Gemini and xAI answer 400 to a key that they do not know.</summary>
    [GeneratedRegex("(incorrect|invalid) api key|api key (is )?(not valid|invalid|expired)", RegexOptions.IgnoreCase)]
    private static partial Regex BadKey();
}
