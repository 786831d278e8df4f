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
