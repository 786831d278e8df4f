using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Layout;

/// <summary>The org's settings.</summary>
public sealed partial class SettingsPage
{
    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter] public string OrgSlug { get; set; } = "";

    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    private string[] Tabs => Scope.Can(OrgRole.Admin) ? ["General", "Members", "Billing", "API keys", "Shared links", "Audit"] : ["General", "Members", "Billing", "API keys", "Shared links"];
}
