using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>The provider's consent: the person ticks what the client may do. What it answers is carried to the authorization endpoint.</summary>
public sealed partial class OAuthConsentPage(IServiceProvider services, NavigationManager navigation)
{
    private const string ScopeField = "scope";
    private const string AnswerField = "answer";
    private const string Allow = "allow";

    private OAuthPerson? _person;
    private IReadOnlyList<OAuthScope> _basic = [];
    private IReadOnlyList<OAuthScope> _asked = [];
    private IReadOnlyList<string>? _ticked;
    private string? _refusal;

    /// <summary>The request at the authorization endpoint.</summary>
    [SupplyParameterFromQuery(Name = "ask")] public string? Ask { get; set; }

    /// <summary>The ticket of the sign-in.</summary>
    [SupplyParameterFromQuery(Name = "who")] public string? Who { get; set; }

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    private OAuthTickets Tickets => services.GetRequiredService<OAuthTickets>();

    protected override void OnInitialized()
    {
        // The way back may lead to another of this machine's names, and browsers look at where a form's redirects lead.
        var headers = Context.Response.Headers;
        headers.ContentSecurityPolicy = headers.ContentSecurityPolicy.ToString().Replace("form-action 'self'", "form-action 'self' http://localhost:* http://127.0.0.1:*", StringComparison.Ordinal);
        _person = Tickets.WhoSignedIn(Ask ?? "", Who);
        var asked = OAuthConsent.Asked(Ask ?? "");
        (_basic, _asked) = ([.. asked.Where(scope => scope.IsBasic)], [.. asked.Where(scope => !scope.IsBasic)]);
    }

    private void Answer()
    {
        if (_person is null)
            return;
        var isAllowed = Context.Request.Form[AnswerField] == Allow;
        _ticked = [.. Context.Request.Form[ScopeField].OfType<string>()];
        if (isAllowed && _asked.Count > 0 && _ticked.Count == 0)
            _refusal = "Tick at least one, or deny.";
        else
            navigation.NavigateTo(OAuthConsent.WayBack(Ask!, Tickets.Answered(Ask!, new ConsentAnswer(_person.Email, isAllowed ? _ticked : null))));
    }
}
