using System.Globalization;
using System.Text.Json;
using Alumia.Lab.Limits;

namespace Alumia.Lab.Api;

/// <summary>The limit of a group of endpoints; without it the API's own counts.</summary>
internal sealed record LimitedAs(LimitGroup Group);

/// <summary>The endpoint's service counts itself, because what it does may cost nothing; the endpoint calls <see cref="ApiLimits.Tell"/>.</summary>
internal sealed record CountsItself;

/// <summary>
/// The section "429 TOO_MANY_REQUESTS" of the document: a user's calls are counted together whatever key they bear, and calls without a good
/// key by their address. Every answer tells how many are left, in the headers of the IETF draft (draft-ietf-httpapi-ratelimit-headers).
/// </summary>
internal sealed class ApiLimits(RateLimits limits)
{
    /// <summary>False where the answer was 429, and is written.</summary>
    public async Task<bool> PassAsync(HttpContext context, EndpointMetadataCollection? metadata, ApiCaller? caller)
    {
        if (caller is not null && metadata?.GetMetadata<CountsItself>() is not null)
            return true;
        var group = caller is null ? LimitGroup.Refused : metadata?.GetMetadata<LimitedAs>()?.Group ?? LimitGroup.Api;
        var verdict = await limits.TakeAsync(group, caller is null ? $"ip:{context.Connection.RemoteIpAddress}" : RateLimits.User(caller.Scope.UserId));
        Tell(context.Response, group, verdict);
        if (verdict.IsAllowed)
            return true;
        await RefuseAsync(context.Response, verdict.RetryAfterMs, context.RequestAborted);
        return false;
    }

    /// <summary>The door's body (the document's flat one), and how long to wait: whole seconds, rounded up, so that who waits so long passes.</summary>
    public static Task RefuseAsync(HttpResponse response, long retryAfterMs, CancellationToken cancellation)
    {
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = ((retryAfterMs + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        return response.WriteAsJsonAsync(ApiDoor.Of(response.HttpContext).TooMany(retryAfterMs), JsonSerializerOptions.Web, cancellation);
    }

    /// <summary>What is left of a limit, on any answer.</summary>
    public void Tell(HttpResponse response, LimitGroup group, LimitVerdict verdict)
    {
        var name = group.ToString().ToLowerInvariant();
        response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={limits.Of(group)};w=60");
        response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={verdict.Remaining};t={(verdict.ResetMs + 999) / 1000}");
    }
}
