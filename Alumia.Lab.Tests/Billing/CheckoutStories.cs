using System.Text.RegularExpressions;
using Alumia.Lab.Billing;
using Alumia.Lab.Offline;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Billing;

/// <summary>The way out to the payment page and back, in a browser.</summary>
public sealed class CheckoutStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private Till Till => new(shared.Lab);

    [Fact]
    public async Task A_person_pays_comes_back_to_where_they_were_and_has_the_money_though_the_webhook_was_lost()
    {
        var scope = await Till.FoundAsync("payer");
        await Till.SetAsync(OfflineSwitches.StripeWebhooks, "lost");
        var checkout = await Till.BeginAsync(scope, 5_000, returnTo: "/payer/agents");
        var page = await PageAsync(shared.Lab);
        await People.SignInAsync(page, "payer");
        await page.GotoAsync(checkout.Address);
        await Assertions.Expect(page.GetByText("Stand-in for Stripe: no money moves")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Pay $50.00" })).ToBeVisibleAsync();

        await page.GetByLabel("Card or account number").FillAsync(Till.Declined);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pay $50.00" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Your card was declined.")).ToBeVisibleAsync();
        Assert.Equal(DepositStatus.Pending, (await Till.OfAsync(scope, checkout)).Status);

        await page.GetByLabel("Card or account number").FillAsync("4242424242424242");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pay $50.00" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/payer/agents$"));

        await Till.SetAsync(OfflineSwitches.StripeWebhooks, "normal");
        Assert.Equal((5_000, DepositStatus.Succeeded), (await Till.BalanceAsync(scope), (await Till.OfAsync(scope, checkout)).Status));
        // Going back shows a page that is closed, and pays nothing again.
        await page.GotoAsync(checkout.Address);
        await Assertions.Expect(page.GetByText("This payment page is closed.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_return_page_knows_the_deposits_of_its_own_org_alone()
    {
        var other = await Till.FoundAsync("somebody");
        await Till.FoundAsync("curious");
        var checkout = await Till.BeginAsync(other);
        var page = await PageAsync(shared.Lab);
        await People.SignInAsync(page, "curious");

        await page.GotoAsync($"/curious/billing/return?deposit={checkout.DepositId}");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "There is no such payment" })).ToBeVisibleAsync();
        Assert.Null((await Till.OfAsync(other, checkout)).ReturnedAtMs);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task The_payment_page_and_the_desk_fit_any_window_and_anybody(int width, ColorScheme scheme)
    {
        var scope = await Till.FoundAsync($"wide-{width}");
        await Till.DepositAsync(scope);
        var checkout = await Till.BeginAsync(scope);
        var page = await PageAsync(shared.Lab, new() { ViewportSize = new() { Width = width, Height = 800 }, ColorScheme = scheme });
        await CheckAsync(page, checkout.Address);
        await page.GetByLabel("Card or account number").FillAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pay $25.00" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The stand-in knows only the numbers below.")).ToBeVisibleAsync();
        await CheckAsync(page);
        await CheckAsync(page, "/offline");
    }

    private static async Task CheckAsync(IPage page, string? address = null)
    {
        if (address is not null)
            await page.GotoAsync(address);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, $"{page.Url} is wider than its window");
        var found = (await page.RunAxe()).Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Impact} {violation.Id}: {node.Html}")).ToList();
        Assert.True(found.Count == 0, $"{page.Url}\n{string.Join('\n', found)}");
    }

    [Fact]
    public async Task The_desk_refunds_and_shows_how_webhooks_fare()
    {
        var scope = await Till.FoundAsync("deskworker");
        var checkout = await Till.DepositAsync(scope, 4_000);
        var page = await PageAsync(shared.Lab);
        await page.GotoAsync("/offline");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = checkout.SessionId });
        await row.GetByRole(AriaRole.Button, new() { Name = "Refund half" }).ClickAsync();
        await Till.UntilBalanceAsync(scope, 2_000);
        await Assertions.Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "charge.refunded" }).GetByText("taken: answered 200")).ToBeVisibleAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Dispute", Exact = true }).ClickAsync();
        await Till.UntilAsync(scope, checkout, DepositStatus.Disputed);
        await Assertions.Expect(page.GetByText("Dispute: done.")).ToBeVisibleAsync();
    }
}
