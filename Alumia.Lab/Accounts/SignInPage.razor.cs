using Alumia.Lab.Outbound;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Accounts;

public sealed partial class SignInPage(
    SignIns signIns, NavigationManager navigation, IOptions<AccountsOptions> options, IHostEnvironment environment, IConfiguration configuration)
{
    private string? _refusal;

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "returnUrl")] public string? ReturnUrl { get; set; }

    /// <summary>Set after a new password was chosen by a link.</summary>
    [SupplyParameterFromQuery(Name = "reset")] public string? Reset { get; set; }

    [SupplyParameterFromForm(Name = "Input")] public Form Input { get; set; } = null!;

    private IOptions<AccountsOptions> Options => options;

    private string? Done => Reset is null ? null : "The new password is set. Sign in with it.";

    private bool DemoOffered => LocalRequests.IsLocal(Context, environment, configuration);

    protected override void OnInitialized()
    {
        Input ??= new Form();
        if (Context.User.UserId() is not null && HttpMethods.IsGet(Context.Request.Method))
            navigation.NavigateTo(ReturnAddress.Local(ReturnUrl));
    }

    private async Task SignInAsync()
    {
        if (await signIns.WithPasswordAsync(Input.Email ?? "", Input.Password ?? ""))
            navigation.NavigateTo(ReturnAddress.Local(ReturnUrl));
        else
            _refusal = SignIns.Refused;
    }

    public sealed class Form
    {
        public string? Email { get; set; }

        public string? Password { get; set; }
    }
}
