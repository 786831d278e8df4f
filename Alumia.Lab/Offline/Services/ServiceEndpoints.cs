namespace Alumia.Lab.Offline.Services;

/// <summary>The stand-in services under <c>/offline/api/&lt;host&gt;</c>.</summary>
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
