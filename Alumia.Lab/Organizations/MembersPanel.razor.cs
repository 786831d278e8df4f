using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Organizations;

/// <summary>Who is in the org and who is invited, kept true while it is open.</summary>
public sealed partial class MembersPanel(Members members, Invitations invitations, ChangeFeed feed) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private IReadOnlyList<MemberLine>? _members;
    private IReadOnlyList<OpenInvitation>? _invitations;
    private IDisposable? _subscription;
    private OrgScope? _shown;
    private string? _refusal;
    private int _refusals;
    private string? _leaving;
    private bool _inviting;

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    private bool Manages => Scope.Can(OrgRole.Admin);

    public void Dispose()
    {
        _ended.Cancel();
        _subscription?.Dispose();
        _ended.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Scope)
            return;
        _shown = Scope;
        _subscription?.Dispose();
        _subscription = feed.Subscribe($"members:{Scope.OrgId}", () => _ = InvokeAsync(ReadAgainAsync));
        await ReadAsync();
    }

    private bool MayManage(MemberLine member) => Manages && member.Role <= Scope.Role;

    private async Task ReadAgainAsync()
    {
        try
        {
            await ReadAsync();
            StateHasChanged();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The page is gone.
        }
    }

    private async Task ReadAsync()
    {
        var scope = Scope;
        var list = await members.ListAsync(scope, _ended.Token);
        var open = Manages ? await invitations.ListAsync(scope, _ended.Token) : null;
        if (scope == Scope)
            (_members, _invitations) = (list, open);
    }

    private Task ChangeRoleAsync(MemberLine member, ChangeEventArgs change) => TryAsync(() => Enum.TryParse<OrgRole>(change.Value as string, out var role)
        ? members.ChangeRoleAsync(Scope, member.UserId, role, _ended.Token) : Task.CompletedTask);

    private Task RemoveAsync(MemberLine member)
    {
        _leaving = null;
        return TryAsync(() => members.RemoveAsync(Scope, member.UserId, _ended.Token));
    }

    private Task RevokeAsync(OpenInvitation invitation) => TryAsync(() => invitations.RevokeAsync(Scope, invitation.Id, _ended.Token));

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
