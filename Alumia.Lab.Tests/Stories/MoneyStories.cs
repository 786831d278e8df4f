using System.Globalization;
using System.Text.RegularExpressions;
using Alumia.Lab.Agents;
using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Tests.Billing;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>The document's section "402 PAYMENT_REQUIRED", as people meet it.</summary>
public sealed class MoneyStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private const string Paid = "openai/gpt-5.5";

    private LabHost Lab => shared.Lab;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_paid_model_on_an_empty_balance_shows_the_yellow_card_and_goes_on_when_funds_are_added()
    {
        var (scope, page) = await OpenAsync("paula");
        var other = await PageAsync(page.Context);
        await other.GotoAsync("/paula/agents");
        await Assertions.Expect(Pill(other, "Balance $0.00, empty")).ToBeVisibleAsync();
        await Demo.SendAsync(page, "Tell me of rivers [[say Rivers run to the sea.]]");
        await Demo.StatusAsync(page, "payment_required");
        var session = await Demo.SessionAsync(page);
        var card = Card(page);
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Your balance is empty");
        await Assertions.Expect(card.GetByText("Add funds to your billing balance before running paid models.", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(card).ToHaveCSSAsync("background-color", "rgb(255, 244, 204)");

        await card.GetByRole(AriaRole.Button, new() { Name = "Add funds", Exact = true }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/paula/billing"));
        await PayAsync(page, "$25");

        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"/paula/lab/.*session={session}"));
        await Demo.StatusAsync(page, "idle");
        Assert.Equal("Rivers run to the sea.", await Demo.TextAsync(page));
        await Assertions.Expect(page.Locator("p.healed")).ToContainTextAsync("Funds arrived, went on by itself");
        await Assertions.Expect(Demo.Chat(page).Locator("article.mine")).ToHaveCountAsync(1);
        // The balance fell by the cost that is shown, and the tab that was only open says so too, without a reload.
        var summary = await page.Locator(".receipt summary").InnerTextAsync();
        var cost = decimal.Parse(Regex.Match(summary, @"^Cost \$(\d+\.\d+)$").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(cost > 0, summary);
        Assert.Equal(25m - cost, decimal.Round(decimal.Divide((await BalanceAsync(scope)).Balance, Money.Dollar), 4));
        await Assertions.Expect(Pill(other, "Balance $24.99")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator($"[data-session='{session}'] .spent")).ToHaveTextAsync($"${cost.ToString("0.0000", CultureInfo.InvariantCulture)}");
        await page.Locator(".receipt summary").ClickAsync();
        await Assertions.Expect(page.Locator(".receipt")).ToContainTextAsync("Paid from the balance");
        await Assertions.Expect(page.Locator(".receipt")).ToContainTextAsync("the model had said all");
    }

    [Fact]
    public async Task Only_owners_and_admins_can_add_funds_and_others_see_why()
    {
        var owner = await People.FoundAsync(Lab, "olga");
        await People.JoinAsync(Lab, owner, "milo", OrgRole.Member);
        var page = await PageAsync(Lab);
        await People.SignInAsync(page, "milo");
        await page.GotoAsync("/olga/billing");
        await Assertions.Expect(Demo.Button(page, "Add funds")).ToBeDisabledAsync();
        await Assertions.Expect(page.GetByText("Owners and admins add funds; your role is Member.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Switch, new() { Name = "Auto top-up" })).ToBeDisabledAsync();
        await Assertions.Expect(page.GetByText("Owners and admins change auto top-up.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_pages_of_money_tell_of_deposits_and_usage_and_hand_out_a_csv()
    {
        var (scope, page) = await OpenAsync("carla");
        await new Till(Lab).DepositAsync(scope, 12_000, save: true);
        await Demo.SendAsync(page, "Tell me of hills [[say Hills roll.]]");
        await Demo.StatusAsync(page, "idle");
        await page.GotoAsync("/carla/billing?tab=usage");
        await Assertions.Expect(page.GetByRole(AriaRole.Img, new() { Name = "Bar chart" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Model" }).GetByRole(AriaRole.Row).Nth(1)).ToContainTextAsync("GPT-5.5");
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Agent" }).GetByRole(AriaRole.Row).Nth(1)).ToContainTextAsync("Ala");

        await page.GetByRole(AriaRole.Tab, new() { Name = "Transactions" }).ClickAsync();
        var table = page.GetByRole(AriaRole.Table, new() { Name = "Transactions" });
        await Assertions.Expect(table.Locator("tbody tr")).ToHaveCountAsync(2);
        await page.GetByLabel("Kind", new() { Exact = true }).SelectOptionAsync("deposit");
        await Assertions.Expect(table.Locator("tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(table).ToContainTextAsync("+$120.00");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download CSV" }).ClickAsync());
        var lines = (await File.ReadAllTextAsync(await download.PathAsync(), Ended)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(("carla-transactions.csv", 2), (download.SuggestedFilename, lines.Length));
        Assert.Contains(",Deposit,120.00,", lines[1], StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Tab, new() { Name = "Prices" }).ClickAsync();
        // More than $100 were deposited, so the fee is in it.
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = "GPT-5.5" })).ToContainTextAsync("$5.275");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Overview" }).ClickAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "Auto top-up" }).CheckAsync();
        await page.GetByLabel("At most in a month").FillAsync("75");
        await Demo.Button(page, "Save auto top-up").ClickAsync();
        await Assertions.Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByText("$0.00 of $75.00")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Switch, new() { Name = "Auto top-up" })).ToBeCheckedAsync();
    }

    /// <summary>The way through the dialog and the stand-in's payment page.</summary>
    internal static async Task PayAsync(IPage page, string preset, string card = "4242424242424242")
    {
        await Demo.Button(page, "Add funds").ClickAsync();
        await page.GetByText(preset, new() { Exact = true }).ClickAsync();
        await Demo.Button(page, "Continue to payment").ClickAsync();
        await page.GetByLabel("Card or account number").FillAsync(card);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Pay ") }).ClickAsync();
    }

    private static ILocator Card(IPage page) => page.Locator("section.trouble[data-trouble=payment_required]");

    private static ILocator Pill(IPage page, string name) => page.Locator("header").GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private Task<OrgBalance> BalanceAsync(OrgScope scope) => Lab.Services.GetRequiredService<Balances>().OfAsync(scope, Ended);

    /// <summary>Somebody with an org whose Ala runs on a paid model, in the org's first project.</summary>
    private async Task<(OrgScope Scope, IPage Page)> OpenAsync(string name)
    {
        var scope = await People.FoundAsync(Lab, name);
        var agents = Lab.Services.GetRequiredService<AgentDirectory>();
        var ala = (await agents.ListAsync(scope, Ended)).Single();
        await agents.UpdateAsync(scope, ala.Id, AgentEdit.Of(ala) with { ModelId = Paid }, Ended);
        var project = (await Lab.Services.GetRequiredService<ProjectDirectory>().IdsAsync(scope, Ended))[0];
        var page = await PageAsync(Lab);
        await People.SignInAsync(page, name);
        await page.GotoAsync($"/{name}/lab/{project}");
        await Assertions.Expect(Demo.Send(page)).ToBeEnabledAsync();
        return (scope, page);
    }
}
