using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Alumia.Lab.Layout;

/// <summary>The org's settings; which tab is open stands in the address.</summary>
public sealed partial class SettingsPage(NavigationManager navigation)
{
    private readonly Dictionary<string, ElementReference> _buttons = [];

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter] public string OrgSlug { get; set; } = "";

    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    private string[] Tabs => Scope.Can(OrgRole.Admin) ? ["General", "Members", "API keys", "Audit"] : ["General", "Members", "API keys"];

    private string Shown => Tabs.FirstOrDefault(tab => Slug(tab) == Tab?.ToLowerInvariant()) ?? Tabs[0];

    private static string Slug(string tab) => tab.ToLowerInvariant().Replace(' ', '-');

    private static string IdOf(string tab) => $"tab-{Slug(tab)}";

    private void Show(string tab) =>
        navigation.NavigateTo(navigation.GetUriWithQueryParameter("tab", Slug(tab)), replace: true);

    private async Task MoveAsync(KeyboardEventArgs args)
    {
        var step = args.Key switch { "ArrowDown" or "ArrowRight" => 1, "ArrowUp" or "ArrowLeft" => -1, _ => 0 };
        if (step == 0)
            return;
        var next = Tabs[(Array.IndexOf(Tabs, Shown) + step + Tabs.Length) % Tabs.Length];
        Show(next);
        await _buttons[next].FocusAsync();
    }
}
