using System.Globalization;
using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Models;

namespace Alumia.Lab.OpenAi;

/// <summary>The body of a failure: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal sealed record OpenAiError(OpenAiErrorContent Error);

internal sealed record OpenAiErrorContent(string Message, string Type, string? Param, string? Code);

/// <summary>A completion that cannot be given, in OpenAI's words.</summary>
internal sealed class OpenAiFault(int status, string code, string message, string? param = null) : Exception(message)
{
    /// <summary>What the answer's <c>Retry-After</c> says; null where nobody knows.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same request may pass later. Where it began a turn, sending it again would begin another.</summary>
    public bool MayRetry { get; init; } = true;

    public OpenAiError Body => BodyOf(status, code, Message, param);

    public static OpenAiFault BadRequest(string param, string message) => new(StatusCodes.Status400BadRequest, "invalid_value", message, param);

    public static OpenAiFault NoModel(string model) => new(StatusCodes.Status404NotFound, "model_not_found", $"There is no model {model} here. GET /v1/models lists them.", "model");

    /// <summary>What a provider did not do; its own kind is kept where the client can act on it.</summary>
    public static OpenAiFault Of(ProviderException exception)
    {
        var (status, code) = exception.Failure switch
        {
            ProviderFailure.RateLimited => (StatusCodes.Status429TooManyRequests, "rate_limit_exceeded"),
            ProviderFailure.BadRequest => (StatusCodes.Status400BadRequest, "provider_refused"),
            ProviderFailure.NotConfigured => (StatusCodes.Status503ServiceUnavailable, "model_not_configured"),
            ProviderFailure.Overloaded => (StatusCodes.Status503ServiceUnavailable, "provider_failing"),
            ProviderFailure.Unauthorized or ProviderFailure.OwnKeyRefused => (StatusCodes.Status502BadGateway, "provider_refused"),
            _ => (StatusCodes.Status502BadGateway, "provider_failing"),
        };
        return new OpenAiFault(status, code, exception.Message) { RetryAfter = exception.RetryAfter };
    }

    /// <summary>What the lab itself refuses, in OpenAI's words for it.</summary>
    public static OpenAiError BodyOf(ErrorContent content, int status) => BodyOf(status, status switch
    {
        StatusCodes.Status401Unauthorized => "invalid_api_key",
        StatusCodes.Status429TooManyRequests => "rate_limit_exceeded",
        _ => content.Code.ToLowerInvariant(),
    }, content.Message, content.Fields is [var field, ..] ? field.Field : null);

    /// <summary>As the whole answer.</summary>
    public Task WriteAsync(HttpResponse response, CancellationToken cancellation)
    {
        response.StatusCode = status;
        if (RetryAfter is { } after)
            response.Headers.RetryAfter = Math.Ceiling(after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (!MayRetry)
            response.Headers["x-should-retry"] = "false"; // OpenAI's own clients read this.
        return response.WriteAsJsonAsync(Body, JsonSerializerOptions.Web, cancellation);
    }

    private static OpenAiError BodyOf(int status, string code, string message, string? param) => new(new OpenAiErrorContent(message, status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status402PaymentRequired => "insufficient_quota",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    }, param, code));
}
