using System.Net;
using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Mission;

/// <summary>"402 PAYMENT_REQUIRED": the yellow card and the envelope, and each of the three fixes.</summary>
internal static class PaymentRequiredStory
{
    private const string Section = "402 PAYMENT_REQUIRED";
    private const string Kind = "payment_required";
    private const string Paid = "openai/gpt-5.5";
    private const string Envelope = """{"error":{"code":"PAYMENT_REQUIRED","message":"Add funds to your billing balance before running paid models."}}""";

    public static async Task TellAsync(Newcomer she)
    {
        var page = she.Page;
        // "Free visible providers such as Groq and NVIDIA do not trigger this."
        await she.BeginAsync("Tell me of ponds [[say Ponds are small.]]");
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Newcomer.Pill(page, "Balance $0.00, empty")).ToBeVisibleAsync();
        await OverTheApiAsync(she);

        await she.ModelAsync(Paid);
        await PickFreeModelAsync(she);
        await she.ModelAsync("anthropic/claude-haiku-4-5");
        await AddKeyAsync(she);
        await she.ModelAsync(Paid);
        await AddFundsAsync(she);
    }

    private static async Task OverTheApiAsync(Newcomer she)
    {
        using var program = await she.ProgramAsync();
        Assert.Equal((HttpStatusCode.PaymentRequired, Envelope), await program.SayAsync("[[say Now]] Hello", Paid));
        foreach (var free in new[] { "groq/llama-3.1-8b-instant", "nvidia/meta/llama-3.3-70b-instruct" })
        {
            var (status, body) = await program.SayAsync("[[say For nothing]] Hello", free);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains("For nothing", body, StringComparison.Ordinal);
        }
    }

    /// <summary>Sends to a paid model, and finds the document's card in the chat panel and on the troubleshooting page.</summary>
    private static async Task<(IPage Page, ILocator Card)> BlockAsync(Newcomer she, string text)
    {
        var page = she.Page;
        await Demo.SendAsync(page, text);
        await Demo.StatusAsync(page, Kind);
        var card = Card(page);
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Your balance is empty");
        await Assertions.Expect(card.GetByText("Add funds to your billing balance before running paid models.", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(card).ToHaveCSSAsync("background-color", "rgb(255, 244, 204)");
        await card.GetByText("What we know").ClickAsync();
        await Assertions.Expect(card.Locator("dl")).ToContainTextAsync("$0.00");
        await Assertions.Expect(page.Locator("nav").GetByRole(AriaRole.Link, new() { Name = "Troubleshooting" }).First).ToContainTextAsync("1");
        var section = await she.SectionAsync(Section, Kind);
        await Assertions.Expect(section.Card).ToContainTextAsync("Your balance is empty");
        return section;
    }

    /// <summary>"Or pick a free provider's model in the agent settings."</summary>
    private static async Task PickFreeModelAsync(Newcomer she)
    {
        var page = she.Page;
        var section = await BlockAsync(she, "Tell me of lakes [[say Lakes lie still.]]");
        var lab = page.Url;
        await Card(page).GetByText("More fixes").ClickAsync();
        await Card(page).GetByRole(AriaRole.Button, new() { Name = "Pick a free model in the agent's settings" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"/{she.Org}/agents/ala"));
        await Newcomer.PickModelAsync(page, "groq/llama-3.3-70b-versatile");
        await page.GotoAsync(lab);
        await WentOnAsync(page, "Lakes lie still.", "Cost $0.00 · free model", "Balance $0.00, empty");
        await Newcomer.HealedAsync(section, "A free model answers, went on by itself");
    }

    /// <summary>"Add a BYOK key for that provider so the request stops drawing from the Alumia balance."</summary>
    private static async Task AddKeyAsync(Newcomer she)
    {
        var page = she.Page;
        var section = await BlockAsync(she, "Tell me of brooks [[say Brooks babble.]]");
        await Card(page).GetByRole(AriaRole.Button, new() { Name = "Add a key for this provider" }).ClickAsync();
        // The dialog stands open, for the provider that the turn waits for.
        await Assertions.Expect(page.GetByLabel("Provider", new() { Exact = true })).ToHaveValueAsync("anthropic");
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync("offline-good-paula");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Add key", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("It is used from the next step of every agent on.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the lab" }).ClickAsync();
        await WentOnAsync(page, "Brooks babble.", "Cost $0.00 · your own key", "Balance $0.00, empty");
        await Newcomer.HealedAsync(section, "A key of your own pays this provider, went on by itself");
    }

    /// <summary>"Click Add funds on the card."</summary>
    private static async Task AddFundsAsync(Newcomer she)
    {
        var page = she.Page;
        var section = await BlockAsync(she, "Tell me of rivers [[say Rivers run to the sea.]]");
        await Card(page).GetByRole(AriaRole.Button, new() { Name = "Add funds", Exact = true }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"/{she.Org}/billing"));
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Top up your balance" })).ToBeVisibleAsync();
        await MoneyStories.PayAsync(page, "$25");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"/{she.Org}/lab/.*session="));
        await WentOnAsync(page, "Rivers run to the sea.", null, "Balance $24.99");
        await Assertions.Expect(Demo.Chat(page).Locator("article.mine")).ToHaveCountAsync(4);
        await Newcomer.HealedAsync(section, "Funds arrived, went on by itself");
    }

    /// <summary>What was blocked has gone on by itself: its answer, its price and its healed line.</summary>
    private static async Task WentOnAsync(IPage page, string answer, string? receipt, string pill)
    {
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync(answer);
        await Assertions.Expect(Demo.Answer(page).Locator(".healed")).ToContainTextAsync("went on by itself");
        await Assertions.Expect(Demo.Answer(page).Locator(".receipt summary")).ToHaveTextAsync(receipt is null ? new Regex(@"^Cost \$0\.\d*[1-9]\d*$") : new Regex($"^{Regex.Escape(receipt)}$"));
        await Assertions.Expect(Newcomer.Pill(page, pill)).ToBeVisibleAsync();
        await Assertions.Expect(Card(page)).ToHaveCountAsync(0);
    }

    private static ILocator Card(IPage page) => Demo.Chat(page).Locator($"section.trouble[data-trouble={Kind}]");
}
