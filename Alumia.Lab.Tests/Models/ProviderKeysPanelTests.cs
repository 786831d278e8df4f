using System.Net;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Accounts;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;
using TestContext = Xunit.TestContext;

namespace Alumia.Lab.Tests.Models;

/// <summary>The panel of provider keys: what it shows to whom, and what its buttons do.</summary>
public sealed class ProviderKeysPanelTests
{
    private const string Secret = "sk-proj-0123456789-0123456789";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_owner_adds_replaces_and_removes_a_key_and_is_told_what_the_provider_says()
    {
        using var provider = new Provider();
        await using var host = await HostAsync(provider);
        var (_, owner) = await host.SignUpAsync("anna");
        await using var page = Page(host);
        var dialogs = page.Render<MudDialogProvider>();
        var panel = Panel(page, owner);
        panel.WaitForAssertion(() => Assert.Contains("No key yet", panel.Markup, StringComparison.Ordinal), Patience);

        provider.Status = HttpStatusCode.Unauthorized;
        await Button(panel, "Add key").ClickAsync(new());
        dialogs.WaitForElement("#provider-key-key", Patience);
        Assert.Equal("password", dialogs.Find("#provider-key-key").GetAttribute("type"));
        Assert.Equal(14, dialogs.FindAll("#provider-key-provider option").Count);
        Assert.Equal("qwen", dialogs.Find("#provider-key-provider").GetAttribute("value")); // The first by name.
        Assert.True(Button(dialogs, "Add key").HasAttribute("disabled"));
        await FillAsync(dialogs, "openai");
        dialogs.WaitForAssertion(() => Assert.Contains("OpenAI answered 401", dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal), Patience);
        Assert.Empty(panel.FindAll("tr[data-provider]"));

        provider.Status = HttpStatusCode.OK;
        await FillAsync(dialogs, "openai");
        panel.WaitForAssertion(() => Assert.Contains("OpenAI takes the key sk-proj-…", panel.Find("[role=status]").TextContent, StringComparison.Ordinal), Patience);
        panel.WaitForAssertion(() => Assert.Equal(("good", "anna"), (Row(panel).GetAttribute("data-outcome"), Row(panel).Children[1].TextContent[..4])), Patience);
        Assert.Contains("never", Row(panel).TextContent, StringComparison.Ordinal);
        dialogs.WaitForAssertion(() => Assert.Empty(dialogs.FindAll("#provider-key-key")), Patience);

        provider.Status = HttpStatusCode.ServiceUnavailable;
        await Button(panel, "Replace").ClickAsync(new());
        dialogs.WaitForAssertion(() => Assert.Contains("is replaced", dialogs.Markup, StringComparison.Ordinal), Patience);
        await FillAsync(dialogs);
        panel.WaitForAssertion(() => Assert.Equal("unreachable", Row(panel).GetAttribute("data-outcome")), Patience);
        panel.WaitForAssertion(() => Assert.Contains("could not be checked. OpenAI answered 503", panel.Find("[role=status]").TextContent, StringComparison.Ordinal), Patience);

        await Button(panel, "Remove").ClickAsync(new());
        await Button(panel, "Yes, remove").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Contains("No key yet", panel.Markup, StringComparison.Ordinal), Patience);
        Assert.DoesNotContain(Secret[8..], panel.Markup + dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_change_keys_sees_them_and_why_there_is_no_button()
    {
        using var provider = new Provider();
        await using var host = await HostAsync(provider);
        var (_, owner) = await host.SignUpAsync("anna");
        var member = await host.JoinAsync(owner, "ben", OrgRole.Member);
        await using var page = Page(host);
        var panel = Panel(page, member);
        panel.WaitForAssertion(() => Assert.Contains("No key yet: paid models run on the balance.", panel.Markup, StringComparison.Ordinal), Patience);
        Assert.Contains("Only owners and admins add and remove provider keys. You are a member here.", panel.Markup, StringComparison.Ordinal);

        // Another's deed shows by itself.
        await host.Services.GetRequiredService<ProviderKeys>().AddAsync(owner, "groq", Secret, Ended);
        panel.WaitForAssertion(() => Assert.Contains("sk-proj-…", Row(panel).TextContent, StringComparison.Ordinal), Patience);
        Assert.Empty(panel.FindAll("button"));
        Assert.Equal("/help/byok", panel.Find("a").GetAttribute("href"));
    }

    [Fact]
    public async Task Who_comes_to_add_a_providers_key_finds_the_dialog_open_for_it()
    {
        using var provider = new Provider();
        await using var host = await HostAsync(provider);
        var (_, owner) = await host.SignUpAsync("anna");
        await using var page = Page(host);
        var dialogs = page.Render<MudDialogProvider>();
        page.Render<CascadingValue<OrgScope>>(parameters => parameters.Add(p => p.Value, owner).AddChildContent<ProviderKeysPanel>(panel => panel.Add(p => p.Provider, "mistral")));
        dialogs.WaitForAssertion(() => Assert.Equal("mistral", dialogs.Find("#provider-key-provider").GetAttribute("value")), Patience);
    }

    private static AngleSharp.Dom.IElement Row(IRenderedComponent<ProviderKeysPanel> panel) => panel.Find("tr[data-provider]");

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> component, string words) where T : IComponent =>
        Assert.Single(component.FindAll("button"), button => button.TextContent.Trim() == words);

    private static async Task FillAsync(IRenderedComponent<MudDialogProvider> dialogs, string? provider = null)
    {
        if (provider is not null)
            await dialogs.InvokeAsync(() => dialogs.Find("#provider-key-provider").ChangeAsync(new ChangeEventArgs { Value = provider }));
        await dialogs.InvokeAsync(() => dialogs.Find("#provider-key-key").InputAsync(new ChangeEventArgs { Value = Secret }));
        await dialogs.InvokeAsync(() => dialogs.Find("form").SubmitAsync());
    }

    private static IRenderedComponent<ProviderKeysPanel> Panel(BunitContext page, OrgScope scope) =>
        page.Render<CascadingValue<OrgScope>>(parameters => parameters.Add(p => p.Value, scope).AddChildContent<ProviderKeysPanel>()).FindComponent<ProviderKeysPanel>();

    private static Task<AccountsHost> HostAsync(Provider provider) => AccountsHost.MakeAsync(configure: builder =>
    {
        builder.AddModels();
        builder.Services.Replace(ServiceDescriptor.Singleton(services => new KeyCheck(new HttpClient(provider, disposeHandler: false), services.GetRequiredService<ProviderAddresses>(), TimeProvider.System)));
    });

    /// <summary>A circuit's services over those of the host.</summary>
    private static BunitContext Page(AccountsHost host)
    {
        var page = new BunitContext();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddMudServices();
        page.Services.AddLogging();
        page.Services.AddSingleton(host.Feed).AddSingleton(host.Services.GetRequiredService<ProviderKeys>());
        return page;
    }

    /// <summary>Every provider, with one answer.</summary>
    private sealed class Provider : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(Status) { Content = new StringContent("""{"error":{"message":"No"}}""") });
    }
}
