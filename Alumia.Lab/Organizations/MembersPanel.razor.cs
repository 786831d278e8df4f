using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Organizations;

/// <summary>Who is in the org and who is invited, kept true while it is open.</summary>
public sealed partial class MembersPanel(Members members, Invitations invitations)
{
    private IReadOnlyList<MemberLine>? _members;
    private IReadOnlyList<OpenInvitation>? _invitations;
    private string? _refusal;
    private int _refusals;
    private string? _leaving;
    private bool _inviting;

    private bool Manages => Scope.Can(OrgRole.Admin);

    protected override string[] Keys => [$"members:{Scope.OrgId}"];

    private bool MayManage(MemberLine member) => Manages && member.Role <= Scope.Role;

    protected override async Task ReadAsync()
    {
        var scope = Scope;
        var list = await members.ListAsync(scope, Gone);
        var open = Manages ? await invitations.ListAsync(scope, Gone) : null;
        if (scope == Scope)
            (_members, _invitations) = (list, open);
    }

    private Task ChangeRoleAsync(MemberLine member, ChangeEventArgs change) => TryAsync(() => Enum.TryParse<OrgRole>(change.Value as string, out var role)
        ? members.ChangeRoleAsync(Scope, member.UserId, role, Gone) : Task.CompletedTask);

    private Task RemoveAsync(MemberLine member)
    {
        _leaving = null;
        return TryAsync(() => members.RemoveAsync(Scope, member.UserId, Gone));
    }

    private Task RevokeAsync(OpenInvitation invitation) => TryAsync(() => invitations.RevokeAsync(Scope, invitation.Id, Gone));

    private async Task TryAsync(Func<Task> change)
    {
        try
        {
            _refusal = null;
            await change();
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
            _refusals++; // Puts a refused choice back on the screen.
        }
    }
}
