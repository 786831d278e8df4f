using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>The provider's sign-in. Plain HTML, for the real one is another site; it asks each time and remembers nobody.</summary>
public sealed partial class OAuthSignInPage(IServiceProvider services, NavigationManager navigation)
{
    private IReadOnlyDictionary<string, long> _versions = new Dictionary<string, long>();
    private string? _refusal;

    /// <summary>The request at the authorization endpoint that the person comes from.</summary>
    [SupplyParameterFromQuery(Name = "ask")] public string? Ask { get; set; }

    [SupplyParameterFromForm] public string? Email { get; set; }

    [SupplyParameterFromForm] public string? Password { get; set; }

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    private OAuthGrants Grants => services.GetRequiredService<OAuthGrants>();

    protected override async Task OnInitializedAsync() => _versions = await Grants.PasswordVersionsAsync(Context.RequestAborted);

    private async Task SignInAsync()
    {
        var ask = Ask ?? "";
        if (OAuthPerson.Find(Email) is not { } person)
            _refusal = "The stand-in has the accounts below alone.";
        else if (!await Grants.SignInAsync(person, Password?.Trim() ?? "", Context.RequestAborted))
            _refusal = "The password is wrong.";
        else
            navigation.NavigateTo($"/{OAuthStandIn.Path}consent?ask={Uri.EscapeDataString(ask)}&who={Uri.EscapeDataString(services.GetRequiredService<OAuthTickets>().SignedIn(ask, person))}");
    }
}
