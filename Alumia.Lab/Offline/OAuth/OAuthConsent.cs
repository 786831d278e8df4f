using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>The authorization endpoint, after OpenIddict has checked the request: without an answer it sends the person to sign in, with one back to the client.</summary>
internal static class OAuthConsent
{
    private const string Answer = "consent_answer";

    private static readonly string[] _scheme = [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme];

    public static void MapOAuthConsent(this IEndpointRouteBuilder offline) =>
        offline.MapMethods("/oauth/authorize", [HttpMethods.Get, HttpMethods.Post], AuthorizeAsync);

    /// <summary>Where the person goes on with an answer.</summary>
    public static string WayBack(string ask, string ticket) => $"/{OAuthStandIn.Path}authorize{ask}&{Answer}={Uri.EscapeDataString(ticket)}";

    /// <summary>What a request asks for, of what the provider knows.</summary>
    public static IReadOnlyList<OAuthScope> Asked(string ask) =>
        [.. QueryHelpers.ParseQuery(ask)[Parameters.Scope].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Select(OAuthScopes.Find).OfType<OAuthScope>()];

    private static async Task<IResult> AuthorizeAsync(HttpContext context, OAuthTickets tickets, OAuthGrants grants, OAuthTokens tokens)
    {
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict has not seen this request.");
        var ask = QueryString.Create(request.GetParameters().Where(parameter => parameter.Key != Answer)
            .Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value))).Value!;
        if (tickets.Answer(ask, (string?)request[Answer]) is not { } answer || OAuthPerson.Find(answer.Account) is not { } person)
            return Results.Redirect($"/{OAuthStandIn.Path}sign-in?ask={Uri.EscapeDataString(ask)}");
        if (answer.Scopes is not { } ticked)
            return Results.Forbid(new AuthenticationProperties(new Dictionary<string, string?>
            {
                [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.AccessDenied,
                [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "The person denied access.",
            }), _scheme);
        var granted = Asked(ask).Where(scope => scope.IsBasic || ticked.Contains(scope.Name)).Select(scope => scope.Name);
        var grant = await grants.MakeAsync(person, request.ClientId!, granted, context.RequestAborted);
        return Results.SignIn(tokens.Principal(grant), authenticationScheme: _scheme[0]);
    }
}
