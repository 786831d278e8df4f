using System.Globalization;
using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Alumia.Lab.Api;

/// <summary>
/// Who comes in by <c>/api/v1</c>: a key and the org's slug, both, or a signed-in browser's cookie with the slug; by other doors a key alone. What
/// it refuses, it refuses with the document's causes, and tells a stranger nothing of which keys or orgs there are.
/// </summary>
internal sealed class ApiAccess(RequestDelegate next, ApiKeys keys, OrgDirectory orgs, ApiLimits limits, IAntiforgery antiforgery, TimeProvider clock)
{
    public const string OrgHeader = "X-Alumia-Org";

    private const string NoKey = "The Authorization header is missing. Send \"Authorization: Bearer <key>\".";
    private const string NoOrg = "The X-Alumia-Org header is missing. Send \"X-Alumia-Org: <orgSlug>\".";
    private const string NoBearer = "The Authorization header does not hold a key. Send \"Authorization: Bearer <key>\".";
    private const string NotGood = "This key is not good for this organization. Compare both headers with Settings, API keys.";

    public async Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<Anonymous>() is not null)
        {
            await next(context);
            return;
        }
        var org = context.Request.Headers[OrgHeader].ToString();
        var authorization = context.Request.Headers.Authorization.ToString();
        var needsOrg = ApiDoor.Of(context).NeedsOrg;
        var (caller, refusal) = authorization.Length > 0 ? await ByKeyAsync(authorization, org, needsOrg, context.RequestAborted)
            : needsOrg ? await ByCookieAsync(context, org)
            : (null, NoKey);
        if (!await limits.PassAsync(context, metadata, caller))
            return;
        if (Refused(metadata, caller, refusal) is { } no)
        {
            if (caller is null)
                context.Response.Headers.WWWAuthenticate = "Bearer";
            await no.ExecuteAsync(context);
            return;
        }
        context.Features.Set(caller);
        await next(context);
    }

    private static IResult? Refused(EndpointMetadataCollection? metadata, ApiCaller? caller, string? refusal) => caller switch
    {
        null => ApiErrors.Unauthorized(refusal!),
        _ when metadata is null => ApiErrors.NotFound(),
        _ when metadata.GetMetadata<NeedsScope>() is { } needs && !caller.Has(needs.Scope) =>
            ApiErrors.Forbidden($"This key may not do that: it lacks the scope \"{needs.Scope.ToString().ToLowerInvariant()}\"."),
        { Key: not null } when metadata.GetMetadata<BrowserOnly>() is not null => ApiErrors.Forbidden("A key cannot do this; sign in to the lab and do it there."),
        _ => null,
    };

    private async Task<(ApiCaller?, string?)> ByKeyAsync(string authorization, string org, bool needsOrg, CancellationToken cancellation)
    {
        const string scheme = "Bearer ";
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || authorization[scheme.Length..].Trim() is not { Length: > 0 } secret)
            return (null, NoBearer);
        var key = await keys.BySecretAsync(secret, cancellation);
        if (org.Length == 0 && needsOrg)
            return key is null ? (null, NoOrg) : await RefuseAsync(key, NoOrg, "X-Alumia-Org was missing", cancellation);
        if (key is null)
            return (null, NotGood);
        switch (key.StateAt(clock.NowMs()))
        {
            case KeyState.Revoked:
                return await RefuseAsync(key, $"This key was revoked on {Day(key.RevokedAtMs!.Value)}. Create a new one in Settings, API keys.", "the key was revoked", cancellation);
            case KeyState.Expired:
                return await RefuseAsync(key, $"This key expired on {Day(key.ExpiresAtMs!.Value)}. Create a new one in Settings, API keys.", "the key has expired", cancellation);
        }
        if (await orgs.ScopeOfIdAsync(key.UserId, key.OrgId, cancellation) is not { } scope)
            return await RefuseAsync(key, NotGood, "the key's maker is no member any more", cancellation);
        if (org.Length > 0 && scope.OrgSlug != org)
            return await RefuseAsync(key, NotGood, "X-Alumia-Org named another organization", cancellation);
        await keys.UsedAsync(key, cancellation);
        return (new ApiCaller(scope, key), null);
    }

    private async Task<(ApiCaller?, string?)> ByCookieAsync(HttpContext context, string org)
    {
        var signedIn = (await context.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Principal;
        if (signedIn?.UserId() is not { } userId)
            return (null, org.Length == 0 ? $"{NoKey} {NoOrg}" : NoKey);
        if (org.Length == 0)
            return (null, NoOrg);
        context.User = signedIn;
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && !await antiforgery.IsRequestValidAsync(context))
            return (null, "A signed-in browser must send its antiforgery header too.");
        return await orgs.ScopeAsync(userId, org, context.RequestAborted) is { } scope ? (new ApiCaller(scope, null), null) : (null, NotGood);
    }

    private async Task<(ApiCaller?, string?)> RefuseAsync(ApiKey key, string message, string cause, CancellationToken cancellation)
    {
        await keys.RefusedAsync(key, cause, cancellation);
        return (null, message);
    }

    private static string Day(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
