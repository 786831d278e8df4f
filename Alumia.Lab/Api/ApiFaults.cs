using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Limits;

namespace Alumia.Lab.Api;

/// <summary>What an endpoint throws becomes the envelope: a service's "no" by its kind, bad JSON 400, a bad value in the address 422, anything else 500 without a word of its insides.</summary>
internal sealed partial class ApiFaults(RequestDelegate next, ApiLimits limits, ILogger<ApiFaults> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // Nothing was sent yet. Headers stay, for they tell what is left of the limit.
            (context.Response.ContentType, context.Response.ContentLength) = (null, null);
            if (exception is Refusal { RetryAfterMs: { } retryAfterMs })
            {
                limits.Tell(context.Response, LimitGroup.Chat, new LimitVerdict(false, 0, retryAfterMs, 0, retryAfterMs));
                await ApiLimits.RefuseAsync(context.Response, retryAfterMs, context.RequestAborted);
            }
            else
            {
                await Result(context, exception).ExecuteAsync(context);
            }
        }
    }

    private IResult Result(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case Refusal refusal:
                return ApiErrors.Result(refusal);
            case BadHttpRequestException { StatusCode: not StatusCodes.Status400BadRequest } bad:
                return ApiErrors.OfStatus(bad.StatusCode);
            case BadHttpRequestException bad when AddressValue().Match(bad.Message) is { Success: true } value:
                var field = JsonNamingPolicy.CamelCase.ConvertName(value.Groups["field"].Value);
                return ApiErrors.Result(Refusal.Invalid(field, $"What the address says of {field} is not of its kind, or is missing."));
            case BadHttpRequestException or JsonException:
                var json = exception as JsonException ?? exception.InnerException as JsonException;
                return ApiErrors.Result("BAD_REQUEST", StatusCodes.Status400BadRequest,
                    json?.Path is { Length: > 0 } path ? $"The body is not the JSON that this call takes, at {path}." : "The body is not the JSON that this call takes.");
            default:
                log.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
                return ApiErrors.Result("INTERNAL_ERROR", StatusCodes.Status500InternalServerError, "The server met a fault. Its log tells the cause.");
        }
    }

    /// <summary>How the framework tells of a value in the address; of the body it speaks otherwise.</summary>
    [GeneratedRegex("^(Failed to bind parameter|Required parameter) \"[^\"]*?(?<field>\\w+)\" (from|was not provided from (route|query string))")]
    private static partial Regex AddressValue();
}
