using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Accounts;

public sealed partial class ResetPasswordPage(PasswordResets resets, NavigationManager navigation)
{
    private string? _refusal;

    [SupplyParameterFromQuery(Name = "user")] public string? UserId { get; set; }

    [SupplyParameterFromQuery(Name = "token")] public string? Token { get; set; }

    [SupplyParameterFromForm] public string? Password { get; set; }

    private async Task ResetAsync()
    {
        try
        {
            await resets.ResetAsync(UserId ?? "", Token ?? "", Password ?? "");
            navigation.NavigateTo("/sign-in?reset=done");
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
