using Alumia.Lab.Offline;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Billing;
using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>The document's section "Stripe checkout did not return a balance", as people meet it. Each story has a lab, since it moves the lab's clock.</summary>
public sealed class DepositStories(Browsers browsers) : Story(browsers)
{
    [Fact]
    public async Task A_The_webhook_is_lost_and_the_return_page_credits_it()
    {
        var (till, _, page) = await OpenAsync();
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "lost");
        await page.GotoAsync("/dora/billing");
        await MoneyStories.PayAsync(page, "$50");
        await Assertions.Expect(page.GetByText("$50.00 are in the balance.")).ToBeVisibleAsync();
        await Assertions.Expect(Pill(page, "Balance $50.00")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task B_The_tab_was_closed_before_the_return_and_the_reconciler_credits_it_and_a_late_webhook_changes_nothing()
    {
        var (till, scope, page) = await OpenAsync();
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "late");
        var checkout = await till.BeginAsync(scope, 5_000);
        await page.GotoAsync("/dora/settings?tab=billing");
        await till.PayAsync(checkout);
        await Assertions.Expect(Entry(page)).ToHaveAttributeAsync("data-status", "pending");
        await Assertions.Expect(Entry(page)).ToContainTextAsync(checkout.SessionId);
        await Assertions.Expect(Pill(page, "Balance $0.00, empty")).ToBeVisibleAsync();

        await till.ForwardAsync(1);
        await Assertions.Expect(Entry(page)).ToHaveAttributeAsync("data-status", "succeeded");
        await Assertions.Expect(Pill(page, "Balance $50.00")).ToBeVisibleAsync();
        var rows = await till.LedgerRowsAsync(scope);
        await till.ForwardAsync(10);
        await Eventually.Value(() => till.AnswersAsync(scope, checkout), answers => answers.Count > 0, "the late webhook has landed");
        Assert.Equal((5_000, rows), (await till.BalanceAsync(scope), await till.LedgerRowsAsync(scope)));
    }

    [Fact]
    public async Task C_Reading_back_fails_for_an_hour_and_there_is_support_to_contact()
    {
        var (till, scope, page) = await OpenAsync();
        await till.SetAsync(OfflineSwitches.StripeWebhooks, "lost");
        await till.SetAsync(OfflineSwitches.StripeReadingFails, "1000");
        await page.GotoAsync("/dora/billing");
        await MoneyStories.PayAsync(page, "$25");
        await Assertions.Expect(page.GetByText("Stripe has not confirmed your payment of $25.00 yet.")).ToBeVisibleAsync();
        await page.GotoAsync("/dora/settings?tab=billing");
        await Demo.Button(page, "Check with Stripe now").ClickAsync();
        await Assertions.Expect(Entry(page).GetByText("Stripe did not answer").First).ToBeVisibleAsync();
        await Assertions.Expect(Entry(page).GetByRole(AriaRole.Link, new() { Name = "Contact support" })).ToHaveCountAsync(0);

        await till.ForwardAsync(61);
        var support = Entry(page).GetByRole(AriaRole.Link, new() { Name = "Contact support" });
        await Assertions.Expect(support).ToBeVisibleAsync();
        var deposit = (await till.Deposits.ListAsync(scope, null, 1, TestContext.Current.CancellationToken))[0];
        var address = await support.GetAttributeAsync("href");
        Assert.StartsWith("mailto:help@example.com?", address, StringComparison.Ordinal);
        Assert.Contains(deposit.SessionId!, address, StringComparison.Ordinal);
    }

    private static ILocator Entry(IPage page) => page.Locator("article.deposit");

    private static ILocator Pill(IPage page, string name) => page.Locator("header").GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private async Task<(Till Till, OrgScope Scope, IPage Page)> OpenAsync()
    {
        var lab = await LabAsync(new LabHostOptions { Settings = new Dictionary<string, string?> { ["Support:Contact"] = "help@example.com" } });
        var till = new Till(lab);
        var scope = await till.FoundAsync("dora");
        var page = await PageAsync(lab);
        await People.SignInAsync(page, "dora");
        return (till, scope, page);
    }
}
