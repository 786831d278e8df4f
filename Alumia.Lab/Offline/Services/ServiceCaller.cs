using Alumia.Lab.Offline.OAuth;

namespace Alumia.Lab.Offline.Services;

/// <summary>Who calls a stand-in service, as its access token says; whoever has none that works is nobody.</summary>
internal sealed class ServiceCaller
{
    private ServiceCaller(OAuthPerson? person, IReadOnlyList<string> scopes) => (Known, Scopes) = (person, scopes);

    /// <summary>Null for nobody; the door lets none of those in.</summary>
    public OAuthPerson? Known { get; }

    public OAuthPerson Person => Known ?? throw new InvalidOperationException("The door lets in nobody without a token.");

    public string Account => Person.Email;

    public IReadOnlyList<string> Scopes { get; }

    public static async ValueTask<ServiceCaller?> BindAsync(HttpContext context)
    {
        const string Bearer = "Bearer ";
        var authorization = context.Request.Headers.Authorization.ToString();
        var token = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim()
            : authorization.StartsWith("token ", StringComparison.OrdinalIgnoreCase) ? authorization[6..].Trim() : ""; // GitHub takes both.
        var grant = token.Length == 0 ? null : await context.RequestServices.GetRequiredService<OAuthTokens>().FindAsync(token, context.RequestAborted);
        return grant is not null && OAuthPerson.Find(grant.Account) is { } person ? new ServiceCaller(person, grant.Scope.Split(' ')) : new ServiceCaller(null, []);
    }
}

/// <summary>Which scopes an endpoint takes: any one of them suffices.</summary>
internal sealed record AcceptedScopes(IReadOnlyList<string> Any);

/// <summary>Lets in whom the token allows it, and says "no" as the service does.</summary>
internal abstract class ServiceDoor : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var caller = context.Arguments.OfType<ServiceCaller>().Single();
        var accepted = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AcceptedScopes>()?.Any ?? [];
        var headers = context.HttpContext.Response.Headers;
        if (caller.Known is null)
        {
            headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            return Unauthorized();
        }
        if (accepted.Count > 0 && !accepted.Any(caller.Scopes.Contains))
        {
            headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{string.Join(' ', accepted)}\"";
            return Forbidden(context.HttpContext, caller, accepted);
        }
        try
        {
            return await next(context);
        }
        catch (Refusal refusal)
        {
            return Refused(refusal.Kind == RefusalKind.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest, refusal.Message);
        }
    }

    protected abstract IResult Unauthorized();

    protected abstract IResult Forbidden(HttpContext context, ServiceCaller caller, IReadOnlyList<string> accepted);

    protected abstract IResult Refused(int status, string message);
}

internal static class ServiceEndpoints
{
    /// <summary>The real services that have a stand-in, by their hosts.</summary>
    public static IReadOnlySet<string> Hosts { get; } = new HashSet<string> { Gmail.GmailApi.Host, Calendar.CalendarApi.Host, GitHub.GitHubApi.Host };

    /// <summary>Any one of these scopes suffices for it.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, params string[] scopes) => endpoint.WithMetadata(new AcceptedScopes(scopes));

    public static void MapServices(this IEndpointRouteBuilder offline)
    {
        Gmail.GmailApi.Map(offline.MapGroup($"/api/{Gmail.GmailApi.Host}").AddEndpointFilter<GoogleDoor>());
        var google = offline.MapGroup($"/api/{Calendar.CalendarApi.Host}").AddEndpointFilter<GoogleDoor>();
        Calendar.CalendarApi.Map(google);
        google.MapGet("/oauth2/v3/userinfo", (ServiceCaller caller) => new { sub = caller.Person.Login, name = caller.Person.Name, email = caller.Account, email_verified = true });
        GitHub.GitHubApi.Map(offline.MapGroup($"/api/{GitHub.GitHubApi.Host}").AddEndpointFilter<GitHub.GitHubDoor>());
    }
}
