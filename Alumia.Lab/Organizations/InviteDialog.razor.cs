using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Organizations;

/// <summary>Makes an invitation and shows its link, once.</summary>
public sealed partial class InviteDialog(Invitations invitations, TimeProvider clock) : ComponentBase
{
    private static readonly DialogOptions _options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true };
    private OrgRole _role = OrgRole.Member;
    private int _days = 7;
    private string? _email;
    private string? _refusal;
    private string? _link;
    private long _until;

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    private async Task MakeAsync()
    {
        try
        {
            _link = await invitations.MakeAsync(Scope, _role, _days, _email);
            _until = clock.NowMs() + _days * 24L * 60 * 60 * 1000;
            _refusal = null;
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }

    private async Task CloseAsync(bool open)
    {
        if (open)
            return;
        (_link, _email, _refusal) = (null, null, null);
        await OpenChanged.InvokeAsync(false);
    }
}
