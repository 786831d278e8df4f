using System.Text.Json;
using Alumia.Lab.Limits;

namespace Alumia.Lab.Api;

/// <summary>What an endpoint throws becomes the envelope: a service's "no" by its kind, bad JSON 400, anything else 500 without a word of its insides.</summary>
internal sealed class ApiFaults(RequestDelegate next, ApiLimits limits, ILogger<ApiFaults> log)
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
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return ApiErrors.Result("PAYLOAD_TOO_LARGE", StatusCodes.Status413PayloadTooLarge, "The body is larger than this call takes.");
            case BadHttpRequestException or JsonException:
                return ApiErrors.Result("BAD_REQUEST", StatusCodes.Status400BadRequest, "The body is not the JSON that this call takes.");
            default:
                log.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
                return ApiErrors.Result("INTERNAL_ERROR", StatusCodes.Status500InternalServerError, "The server met a fault. Its log tells the cause.");
        }
    }
}
