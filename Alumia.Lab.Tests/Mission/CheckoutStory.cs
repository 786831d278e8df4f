using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Mission;

/// <summary>"Stripe checkout did not return a balance": a reload, Stripe's retry and a click each bring it, and after an hour there is what support needs.</summary>
internal static class CheckoutStory
{
    private const string Section = "Stripe checkout did not return a balance";

    public static async Task TellAsync(Newcomer she)
    {
        await ReloadAsync(she);
        await WaitForRetryAsync(she);
        await WaitAnHourAsync(she);
    }

    /// <summary>"Reload /&lt;orgSlug&gt;/billing."</summary>
    private static async Task ReloadAsync(Newcomer she)
    {
        await she.SetAsync("stripe-webhooks", "lost");
        await she.SetAsync("stripe-reading-fails", "1");
        var page = she.Page;
        await PayAsync(she, "$10");
        await Assertions.Expect(page.GetByText("Stripe has not confirmed your payment of $10.00 yet.")).ToBeVisibleAsync();
        await Assertions.Expect(Newcomer.Pill(page, "Balance $0.00, empty")).ToBeVisibleAsync();
        // Stripe is asked again three seconds after the last time at the earliest.
        await Eventually.True(async () =>
        {
            await page.ReloadAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Overview" }).Locator(".figure")).ToBeVisibleAsync();
            return await Newcomer.Pill(page, "Balance $10.00").IsVisibleAsync();
        }, "a reload brings the balance");
    }

    /// <summary>"Stripe's retry will land within a few minutes; the deposit eventually reconciles."</summary>
    private static async Task WaitForRetryAsync(Newcomer she)
    {
        await she.SetAsync("stripe-webhooks", "normal");
        await she.SetAsync("webhook-work-fails", "1");
        await she.SetAsync("stripe-reading-fails", "1");
        var page = she.Page;
        await PayAsync(she, "$25");
        await Assertions.Expect(Newcomer.Pill(page, "Balance $35.00")).ToBeVisibleAsync();
        await page.GotoAsync($"/{she.Org}/settings?tab=billing");
        await Assertions.Expect(Entry(page, "$25.00")).ToHaveAttributeAsync("data-status", "succeeded");
        await Entry(page, "$25.00").GetByText("What happened when").ClickAsync();
        await Assertions.Expect(Entry(page, "$25.00").GetByText("it was answered 500")).ToBeVisibleAsync();
        await Assertions.Expect(Entry(page, "$25.00").GetByText(": answered 200")).ToBeVisibleAsync();
        await she.SetAsync("stripe-reading-fails", "0");
    }

    /// <summary>"If the balance is still old after one minute ... If it doesn't within an hour, contact support with the Stripe checkout session ID."</summary>
    private static async Task WaitAnHourAsync(Newcomer she)
    {
        await she.SetAsync("stripe-webhooks", "lost");
        await she.SetAsync("stripe-reading-fails", "1000");
        var page = she.Page;
        await PayAsync(she, "$50");
        await Assertions.Expect(page.GetByText("Stripe has not confirmed your payment of $50.00 yet.")).ToBeVisibleAsync();
        await Assertions.Expect(Newcomer.Pill(page, "Balance $35.00")).ToBeVisibleAsync();

        await she.LaterAsync(2);
        var section = await she.SectionAsync(Section, "deposit_pending");
        await Assertions.Expect(section.Card).ToContainTextAsync("A deposit is not in the balance yet");
        await Assertions.Expect(section.Card).ToContainTextAsync("Stripe's webhook has not landed yet.");
        await section.Card.GetByText("What we know").ClickAsync();
        await Assertions.Expect(section.Card.Locator("dl")).ToContainTextAsync("$50.00");

        // "Open Settings → Billing → recent activity and confirm the deposit's status."
        await page.GotoAsync($"/{she.Org}/settings");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Billing" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Recent activity" })).ToBeVisibleAsync();
        var entry = Entry(page, "$50.00");
        await Assertions.Expect(entry).ToHaveAttributeAsync("data-status", "pending");
        await Assertions.Expect(entry.Locator("code").First).ToHaveTextAsync(new Regex("^cs_"));
        await Assertions.Expect(entry).Not.ToContainTextAsync("An hour has passed.");
        await she.LaterAsync(61);
        await Assertions.Expect(entry).ToContainTextAsync("An hour has passed. Tell whoever runs this lab, and name the id above.");

        await she.SetAsync("stripe-reading-fails", "0");
        await section.Card.GetByRole(AriaRole.Button, new() { Name = "Check with Stripe now", Exact = true }).ClickAsync();
        await Assertions.Expect(entry).ToHaveAttributeAsync("data-status", "succeeded");
        await Assertions.Expect(Newcomer.Pill(page, "Balance $85.00")).ToBeVisibleAsync();
        await Newcomer.HealedAsync(section, "The deposit was credited");
        await she.SetAsync("stripe-webhooks", "normal");
    }

    private static async Task PayAsync(Newcomer she, string preset)
    {
        await she.Page.GotoAsync($"/{she.Org}/billing");
        await MoneyStories.PayAsync(she.Page, preset);
        await Assertions.Expect(she.Page).ToHaveURLAsync(new Regex($"/{she.Org}/billing\\?deposit="));
    }

    private static ILocator Entry(IPage page, string amount) => page.Locator("article.deposit", new() { HasText = amount });
}
