using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Accounts;

public sealed partial class AccountPage(SignIns signIns, NavigationManager navigation)
{
    private string? _done;
    private string? _refusal;

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "rename")] public string? Name { get; set; }

    [SupplyParameterFromForm(FormName = "change-password")] public string? Current { get; set; }

    [SupplyParameterFromForm(FormName = "change-password")] public string? Next { get; set; }

    private string UserId => Context.User.UserId()!;

    private Task RenameAsync() => TryAsync(() => signIns.RenameAsync(UserId, Name ?? ""), "The name is saved.");

    private Task ChangePasswordAsync() =>
        TryAsync(() => signIns.ChangePasswordAsync(UserId, Current ?? "", Next ?? ""), "The password is changed, and your other sessions have ended.");

    private async Task SignOutEverywhereAsync()
    {
        await signIns.OutEverywhereAsync(UserId);
        navigation.NavigateTo("/sign-in");
    }

    private async Task TryAsync(Func<Task> change, string done)
    {
        try
        {
            await change();
            _done = done;
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
