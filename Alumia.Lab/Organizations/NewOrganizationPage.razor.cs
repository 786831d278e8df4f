using Alumia.Lab.Accounts;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Organizations;

public sealed partial class NewOrganizationPage(OrgDirectory orgs, NavigationManager navigation)
{
    private string? _refusal;

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    [SupplyParameterFromForm] public string? Organization { get; set; }

    [SupplyParameterFromForm] public string? Slug { get; set; }

    private async Task FoundAsync()
    {
        try
        {
            var slug = string.IsNullOrWhiteSpace(Slug) ? Slugs.Suggest(Organization ?? "") : Slug.Trim();
            var org = await orgs.FoundAsync(Organization ?? "", slug, Context.User.UserId()!, Context.RequestAborted);
            navigation.NavigateTo($"/{org.Slug}/lab");
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
