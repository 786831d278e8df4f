using Alumia.Lab.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Organizations;

public sealed partial class SignUpPage(
    SignUps signUps, SignIns signIns, Invitations invitations, NavigationManager navigation, IOptions<AccountsOptions> options)
{
    private string? _refusal;
    private InvitationView? _invitation;

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    /// <summary>The token of an invitation: the newcomer joins its org and founds none.</summary>
    [SupplyParameterFromQuery(Name = "invite")] public string? Invite { get; set; }

    /// <summary>The token of an administrator's set-up link.</summary>
    [SupplyParameterFromQuery(Name = "setup")] public string? Setup { get; set; }

    [SupplyParameterFromQuery(Name = "email")] public string? Email { get; set; }

    [SupplyParameterFromForm(Name = "Input")] public Form Input { get; set; } = null!;

    private SignUps SignUps => signUps;

    private string? FixedEmail => _invitation?.Email ?? (Setup is null ? null : Email);

    private string SignInLink => ReturnAddress.SignIn(Invite is null ? null : $"/invite/{Uri.EscapeDataString(Invite)}");

    private string Closed => options.Value.SignUp == SignUpMode.Invite
        ? "Accounts are made here by invitation. Ask a member of the organization for a link."
        : "No accounts can be made here. Ask this lab's administrator.";

    protected override async Task OnInitializedAsync()
    {
        Input ??= new Form { Email = Email };
        if (Context.User.UserId() is not null)
            navigation.NavigateTo(Invite is null ? "/" : $"/invite/{Uri.EscapeDataString(Invite)}");
        else if (!string.IsNullOrEmpty(Invite))
            await LookAsync(Invite);
    }

    private async Task LookAsync(string token)
    {
        _invitation = await invitations.LookAsync(token, Context.RequestAborted);
        if (_invitation.State != InvitationState.Open)
            navigation.NavigateTo($"/invite/{Uri.EscapeDataString(token)}"); // That page says why.
    }

    private async Task SignUpAsync()
    {
        try
        {
            var (user, slug) = await signUps.SignUpAsync(
                new NewAccount(Input.Email ?? "", Input.Password ?? "", Input.Name ?? "", Input.Organization ?? "", Input.Slug ?? "", Invite, Setup),
                Context.RequestAborted);
            await signIns.AsAsync(user);
            navigation.NavigateTo($"/{slug}/lab");
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }

    public sealed class Form
    {
        public string? Email { get; set; }

        public string? Password { get; set; }

        public string? Name { get; set; }

        public string? Organization { get; set; }

        public string? Slug { get; set; }
    }
}
