using Alumia.Lab.Accounts;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Organizations;

/// <summary>The instance's accounts, for its administrators; for all others there is no such page.</summary>
public sealed partial class AdminPage(InstanceAdmin admin, Administrators administrators, NavigationManager navigation)
{
    private IReadOnlyList<AccountLine>? _accounts;
    private IReadOnlyList<AuditLine> _audit = [];
    private (string Email, string Link)? _made;
    private string? _refusal;

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "search")] public string? Search { get; set; }

    protected override async Task OnInitializedAsync()
    {
        if (!administrators.Include(Context.User))
        {
            navigation.NotFound();
            return;
        }
        await ReadAsync();
    }

    private async Task MakeLinkAsync(string userId)
    {
        try
        {
            _made = await admin.MakeResetLinkAsync(Context.User, userId, Context.RequestAborted);
            await ReadAsync();
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }

    private async Task ReadAsync()
    {
        _accounts = await admin.ListAsync(Context.User, Search, Context.RequestAborted);
        _audit = await admin.AuditAsync(Context.User, Context.RequestAborted);
    }

}
