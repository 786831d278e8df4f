using Alumia.Lab.Accounts;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Organizations;

public sealed partial class InvitePage(Invitations invitations, SignUps signUps, NavigationManager navigation)
{
    private InvitationView _view = new(InvitationState.Unknown, "", OrgRole.Viewer, null);
    private string? _refusal;

    [Parameter] public string Token { get; set; } = "";

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    private SignUps SignUps => signUps;

    private string Here => $"/invite/{Uri.EscapeDataString(Token)}";

    protected override async Task OnInitializedAsync()
    {
        _view = await invitations.LookAsync(Token, Context.RequestAborted);
        Context.Response.StatusCode = _view.State switch
        {
            InvitationState.Open => StatusCodes.Status200OK,
            InvitationState.Unknown => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status410Gone,
        };
    }

    private async Task AcceptAsync()
    {
        if (Context.User.UserId() is not { } userId)
            return;
        try
        {
            navigation.NavigateTo($"/{await invitations.AcceptAsync(Token, userId, Context.RequestAborted)}/lab");
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
