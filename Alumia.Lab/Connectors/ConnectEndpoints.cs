using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenIddict.Client;
using OpenIddict.Client.AspNetCore;
using static OpenIddict.Client.OpenIddictClientEvents;
using Properties = OpenIddict.Client.AspNetCore.OpenIddictClientAspNetCoreConstants.Properties;

namespace Alumia.Lab.Connectors;

/// <summary>The way to a consent, in a tab of its own, and the way back.</summary>
internal static class ConnectEndpoints
{
    /// <summary>Where every provider sends people back to.</summary>
    public const string Callback = "/connectors/callback";

    private const string Returned = "/connectors/returned";

    public static void MapConnect(this WebApplication app)
    {
        app.MapPost("/{orgSlug}/connectors/start", StartAsync).RequireAuthorization().AddEndpointFilter<AntiforgeryFilter>().DisableAntiforgery().ExcludeFromDescription();
        app.MapGet(Callback, CallbackAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(Returned, ReturnedAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>A form's post. A redirect of it to another host would be blocked by the page's policy for forms, so the tab is sent on by a page.</summary>
    private static async Task<IResult> StartAsync(string orgSlug, HttpContext context, OrgDirectory orgs, ConnectStart start, OAuthRegistrations registrations)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        try
        {
            var scope = await orgs.ScopeAsync(context.User.UserId()!, orgSlug, context.RequestAborted) ?? throw Refusal.NotFound("organization");
            var scopes = form["scopes"].SelectMany(value => (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
            var connection = form["connection"].ToString() is { Length: > 0 } id ? id : null;
            var (address, name) = await ChallengeAsync(context, start, registrations, scope, form["connector"].ToString(), connection, scopes);
            return Page(new ConnectNotice($"Going to {name}", $"{name} asks you there what this lab may do.") { GoesTo = address });
        }
        catch (Refusal refusal)
        {
            return Page(new ConnectNotice("Not connected", refusal.Message), Api.ApiErrors.Of(refusal.Kind).Status);
        }
    }

    /// <summary>Begins the way and leaves its cookie in the answer; returns the address of the consent and the connector's name.</summary>
    internal static async Task<(string Address, string Name)> ChallengeAsync(
        HttpContext context, ConnectStart start, OAuthRegistrations registrations, OrgScope scope, string connector, string? connection, IReadOnlyList<string> scopes)
    {
        var begun = await start.BeginAsync(scope, connector, connection, scopes, context.RequestAborted);
        var (known, places) = (begun.Setup.Connector, begun.Setup.Connector.OAuth!);
        if (!registrations.Has(known.Slug))
            throw new Refusal(RefusalKind.Unavailable, $"{known.Name}'s provider cannot be used: its addresses must be https.");
        var properties = new AuthenticationProperties(new Dictionary<string, string?>
        {
            [Properties.RegistrationId] = known.Slug,
            [AttemptCheck.Property] = begun.Attempt.Id,
        })
        { RedirectUri = "/" };
        if (begun.AllScopes.Count > 0)
        {
            properties.Items[Properties.Scope] = string.Join(' ', begun.AllScopes);
            if (places.ScopeSeparator != " ")
                properties.Parameters["scope"] = string.Join(places.ScopeSeparator, begun.AllScopes);
        }
        foreach (var (name, value) in places.Parameters)
            properties.Parameters[name] = value;
        await context.ChallengeAsync(OpenIddictClientAspNetCoreDefaults.AuthenticationScheme, properties);
        var address = context.Response.Headers.Location.ToString();
        context.Response.Headers.Remove("Location");
        context.Response.StatusCode = StatusCodes.Status200OK;
        return (address, known.Name);
    }

    /// <summary>By now OpenIddict has looked at the state, our own check has taken the row, and the code was exchanged; or one of them said no.</summary>
    private static async Task<RedirectHttpResult> CallbackAsync(HttpContext context, ConnectReturn back, ConnectorSetups setups)
    {
        context.Response.Headers.CacheControl = "no-store";
        var attempt = context.Features.Get<ConnectAttempt>();
        var authentication = context.Features.Get<OpenIddictClientAspNetCoreFeature>()?.Transaction?.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
        var error = context.GetOpenIddictClientResponse()?.Error ?? (authentication is null ? "no_answer" : null);
        if (attempt is null)
            return TypedResults.Redirect($"{Returned}?why={(error is AttemptCheck.NotSignedIn or AttemptCheck.Stranger or AttemptCheck.Used or AttemptCheck.Late ? error : "unknown")}");
        var name = setups.Find(attempt.Connector)?.Connector.Name ?? attempt.Connector;
        var description = context.GetOpenIddictClientResponse()?.ErrorDescription;
        if (error is not null)
            await back.EndAsync(attempt, ConnectWords.OfError(name, error, description));
        else if (OAuthExchange.Read(setups.Find(attempt.Connector)!.Connector, authentication!.TokenResponse, authentication.BackchannelAccessToken, authentication.RefreshToken) is TokenAnswer.Granted granted)
            await back.CompleteAsync(attempt, granted, CancellationToken.None); // What was granted is kept, whoever closes the tab.
        else
            await back.EndAsync(attempt, $"{name}'s provider answered without a token.");
        return TypedResults.Redirect($"{Returned}?attempt={attempt.Id}");
    }

    /// <summary>Says what came of it; reloading it does nothing again.</summary>
    private static async Task<IResult> ReturnedAsync(string? attempt, string? why, HttpContext context, ConnectNewsReader news)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (context.User.UserId() is { } userId && attempt is not null && await news.OfAsync(userId, attempt, context.RequestAborted) is { } told)
        {
            return Page(told.IsGood
                ? new ConnectNotice("Connected", "Connected. You can close this tab.") { Closes = true, Link = $"/{told.OrgSlug}/connectors" }
                : new ConnectNotice("Back from the consent", told.Outcome) { Link = $"/{told.OrgSlug}/connectors" });
        }
        return Page(new ConnectNotice("Not connected", ConnectWords.OfWhy(why)), StatusCodes.Status400BadRequest);
    }

    private static RazorComponentResult<ConnectDocument> Page(ConnectNotice notice, int status = StatusCodes.Status200OK) =>
        new(new { Notice = notice }) { StatusCode = status, PreventStreamingRendering = true };
}
