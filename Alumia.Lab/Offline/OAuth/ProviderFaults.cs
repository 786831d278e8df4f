using System.Collections.Concurrent;
using System.Globalization;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>
/// What goes wrong at the provider, at its token endpoint and at its services: as the desk's switches say, or once, as a test asked for. A fault
/// comes instead of the answer and nothing was done, so a call that is made again is no second one.
/// </summary>
internal sealed class ProviderFaults(OfflineDesk desk, OAuthCalls calls, IHostApplicationLifetime lifetime)
{
    public const string Token = "token", Revoke = "revoke", Api = "api", Everywhere = "everywhere";
    public const string None = "none", Error = "500", TooMany = "429", Timeout = "timeout", Reset = "reset", Garbage = "garbage", InvalidGrant = "invalid_grant";

    /// <summary>The faults that can be chosen.</summary>
    public static IReadOnlyList<string> All { get; } = [Error, TooMany, Timeout, Reset, Garbage, InvalidGrant];

    private const string Page = "/" + OAuthStandIn.Path;

    private readonly ConcurrentDictionary<(string Place, string? Grant), ConcurrentQueue<string>> _next = new();

    /// <summary>The next call at this place (token or api) fails so, and then the one after it, ...; only calls with this grant's tokens, where one is named.</summary>
    public void Next(string place, IEnumerable<string> faults, string? grant = null)
    {
        var queue = _next.GetOrAdd((place, grant), _ => new());
        foreach (var fault in faults)
            queue.Enqueue(fault);
    }

    /// <summary>Forgets what <see cref="Next"/> asked for and has not happened.</summary>
    public void Forget(string? grant)
    {
        foreach (var key in _next.Keys.Where(key => key.Grant == grant))
            _next[key].Clear();
    }

    /// <summary>Passes a request on, or fails it.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (PlaceOf(context.Request.Path) is not { } place)
        {
            await next(context);
            return;
        }
        var what = await NameAsync(context.Request, place);
        if (desk.Number(OfflineSwitches.OAuthSlow) is > 0 and var ms)
            await WaitAsync(context, TimeSpan.FromMilliseconds(ms));
        var grant = _next.Keys.Any(key => key.Grant is not null) ? await GrantAsync(context, place) : null;
        var fault = await FaultAsync(place, grant, context.RequestAborted);
        if (fault == None)
        {
            await next(context);
            calls.Add(place, what, context.Response.StatusCode.ToString(CultureInfo.InvariantCulture), grant);
            return;
        }
        calls.Add(place, what, fault, grant);
        await FailAsync(context, fault, place);
    }

    private static string? PlaceOf(PathString path) =>
        path.StartsWithSegments(Page + Token, StringComparison.OrdinalIgnoreCase) ? Token
        : path.StartsWithSegments(Page + Revoke, StringComparison.OrdinalIgnoreCase) ? Revoke
        : path.StartsWithSegments("/" + OAuthStandIn.ApiPath.TrimEnd('/'), StringComparison.OrdinalIgnoreCase) ? Api
        : null;

    private static async Task<string> NameAsync(HttpRequest request, string place) =>
        place == Token && request.HasFormContentType ? (await request.ReadFormAsync())["grant_type"].ToString() : $"{request.Method} {request.Path}";

    private static async Task<string?> GrantAsync(HttpContext context, string place)
    {
        var token = place == Api ? context.Request.Headers.Authorization.ToString().Split(' ')[^1]
            : context.Request.HasFormContentType ? (await context.Request.ReadFormAsync())[place == Token ? "refresh_token" : "token"].ToString() : "";
        return token.Length == 0 ? null : await context.RequestServices.GetRequiredService<OAuthTokens>().GrantIdAsync(token);
    }

    private async Task<string> FaultAsync(string place, string? grant, CancellationToken cancellation)
    {
        if (_next.TryGetValue((place, grant), out var own) && own.TryDequeue(out var once))
            return once;
        if (grant is not null && _next.TryGetValue((place, null), out var any) && any.TryDequeue(out once))
            return once;
        var fault = desk.Value(OfflineSwitches.OAuthFails);
        if (fault == None || (desk.Value(OfflineSwitches.OAuthFailsAt) is not Everywhere and var at && at != place))
            return None;
        // Counted down where a number was set: the last one switches it off.
        if (desk.Number(OfflineSwitches.OAuthFailsLeft) > 0 && await desk.TakeOneAsync(OfflineSwitches.OAuthFailsLeft, cancellation) && desk.Number(OfflineSwitches.OAuthFailsLeft) == 0)
            await desk.SetAsync(OfflineSwitches.OAuthFails, None, cancellation);
        return fault;
    }

    private async Task FailAsync(HttpContext context, string fault, string place)
    {
        var response = context.Response;
        switch (fault)
        {
            case TooMany:
                response.StatusCode = StatusCodes.Status429TooManyRequests;
                response.Headers.RetryAfter = "1";
                await response.WriteAsJsonAsync(new { error = "rate_limited", error_description = "The offline desk makes this call one too many." });
                break;
            case Timeout:
                await WaitAsync(context, System.Threading.Timeout.InfiniteTimeSpan);
                break;
            case Reset:
                context.Abort();
                break;
            case Garbage:
                response.ContentType = "application/json";
                await response.WriteAsync("{\"access_token\": <html>the offline desk says nothing of use");
                break;
            case InvalidGrant when place == Token:
                response.StatusCode = StatusCodes.Status400BadRequest;
                await response.WriteAsJsonAsync(new { error = "invalid_grant", error_description = OAuthGrants.Revoked });
                break;
            case InvalidGrant:
                response.StatusCode = StatusCodes.Status401Unauthorized;
                response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
                break;
            default:
                response.StatusCode = StatusCodes.Status500InternalServerError;
                await response.WriteAsJsonAsync(new { error = "server_error", error_description = "The offline desk makes this call fail." });
                break;
        }
    }

    private async Task WaitAsync(HttpContext context, TimeSpan time)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await Task.Delay(time, either.Token).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
