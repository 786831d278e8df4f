using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Accounts;

public sealed partial class ForgotPasswordPage(PasswordResets resets)
{
    private bool _asked;

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    [SupplyParameterFromForm] public string? Email { get; set; }

    private PasswordResets Resets => resets;

    private async Task AskAsync()
    {
        await resets.MailAsync(Email ?? "", Context.RequestAborted);
        _asked = true;
    }
}
