using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Mission;

/// <summary>"Agent stuck on a tool": a slow tool, a peer that does not answer, malformed calls, and a tool that fails the same way twice.</summary>
internal static class StuckToolStory
{
    private const string Section = "Agent stuck on a tool";

    public static async Task TellAsync(Newcomer she)
    {
        Namespaces.Need();
        // It begins to be slow while the other causes are met in other tabs.
        await she.BeginAsync("""Read it to me [[tool run_command {"command":"echo page 1 of 9; sleep 600"}]] [[say That is all.]]""");
        var page = she.Page;
        var node = page.Locator($".node.agent[data-session='{await Demo.SessionAsync(page)}']");
        await Assertions.Expect(node.Locator("[data-call=run_command]")).ToHaveAttributeAsync("data-state", "running");
        await Demo.StatusAsync(page, "active");

        await MeetMalformedCallsAsync(she);
        await WaitForPeerAsync(she);
        await FailTwiceAsync(she);
        await MendSlowToolAsync(she, node);
    }

    /// <summary>"The model returned a malformed tool call that didn't match the tool schema, causing the runtime to retry."</summary>
    private static async Task MeetMalformedCallsAsync(Newcomer she)
    {
        await she.SetAsync("malformed-calls", "3");
        var page = await she.TabAsync("/offline");
        await she.BeginAsync(page, "What is the time? [[tool current_time {}]] [[tool current_time {}]] [[tool current_time {}]] [[say It is late.]]");
        await Demo.StatusAsync(page, "failed");
        var card = Demo.Chat(page).Locator("section.trouble[data-trouble=malformed_call]");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("The model sends malformed tool calls");
        await card.GetByText("What we know").ClickAsync();
        await Assertions.Expect(card.Locator("dl")).ToContainTextAsync("current_time, attempt 3");
        var section = await she.SectionAsync(Section, "malformed_call");
        await Assertions.Expect(section.Card).ToBeVisibleAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Retry", Exact = true }).ClickAsync();
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("It is late.");
        await Newcomer.HealedAsync(section, "The model sends malformed tool calls");
        await page.CloseAsync();
    }

    /// <summary>"The tool is waiting on a peer": participants are listed with their states, and a follow-up gets the answer.</summary>
    private static async Task WaitForPeerAsync(Newcomer she)
    {
        var page = await she.TabAsync("/offline");
        await she.BeginAsync(page, "Ask Atlas to say hello");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("Atlas answered:");
        await Demo.StatusAsync(page, "idle");
        await Demo.SendAsync(page, """[[tool check_messages {"from":"Atlas","seconds":600}]] [[say I have heard.]]""");
        await Demo.StatusAsync(page, "awaiting_peer");
        var card = Demo.Chat(page).Locator("section.trouble[data-trouble=waiting_on_peer]");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Atlas will not answer by itself");
        var section = await she.SectionAsync(Section, "waiting_on_peer");
        await Assertions.Expect(section.Card).ToContainTextAsync("Atlas is idle");
        await card.GetByRole(AriaRole.Button, new() { Name = "List participants", Exact = true }).ClickAsync();
        await Assertions.Expect(card.Locator(".said[role=status]")).ToContainTextAsync("awaiting_peer, waits for Atlas");
        await Assertions.Expect(card.Locator(".said[role=status]")).ToContainTextAsync("idle");
        await card.GetByRole(AriaRole.Button, new() { Name = "Follow up", Exact = true }).ClickAsync();
        await card.Locator(".ask textarea").FillAsync("Is there more?");
        await card.Locator(".ask").GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("I have heard.");
        await Newcomer.HealedAsync(section, "The wait is over");
        await page.CloseAsync();
    }

    /// <summary>"If the same tool fails the same way twice, the underlying tool is broken — disable it on the agent until the integration is fixed."</summary>
    private static async Task FailTwiceAsync(Newcomer she)
    {
        var page = await she.TabAsync("/offline");
        await she.BeginAsync(page, """Read my notes [[tool read_file {"path":"notes.txt"}]] [[tool read_file {"path":"plans.txt"}]] [[say I cannot.]]""");
        var card = Demo.Chat(page).Locator("section.trouble[data-trouble=repeated_failure]");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("read_file failed the same way twice");
        var section = await she.SectionAsync(Section, "repeated_failure");
        await Assertions.Expect(section.Card).ToBeVisibleAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Disable tool", Exact = true }).ClickAsync();
        await Assertions.Expect(card.GetByRole(AriaRole.Button, new() { Name = "Switch on again", Exact = true })).ToBeVisibleAsync();
        await Demo.SendAsync(page, """Once more [[tool read_file {"path":"notes.txt"}]] [[say So be it.]]""");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("The tool read_file is switched off");
        await Demo.StatusAsync(page, "idle");
        await card.GetByRole(AriaRole.Button, new() { Name = "Switch on again", Exact = true }).ClickAsync();
        await Newcomer.HealedAsync(section, "read_file failed the same way twice");
        await page.CloseAsync();
    }

    /// <summary>"Open the tool call on the canvas and read the arguments and partial output"; then "cancel the session and restart with a tighter prompt".</summary>
    private static async Task MendSlowToolAsync(Newcomer she, ILocator node)
    {
        var page = she.Page;
        var card = Demo.Chat(page).Locator("section.trouble[data-trouble=slow_tool]");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading)).ToHaveTextAsync("run_command is slow", new() { Timeout = 60_000 });
        await Assertions.Expect(card).ToContainTextAsync("The agent waits for it, and its answer has stopped.");
        await card.GetByText("What we know").ClickAsync();
        await Assertions.Expect(card.Locator("dl")).ToContainTextAsync("page 1 of 9");
        var section = await she.SectionAsync(Section, "slow_tool");
        await Assertions.Expect(section.Card).ToBeVisibleAsync();

        await node.Locator("[data-call=run_command]").ClickAsync();
        var inspector = page.GetByRole(AriaRole.Complementary, new() { Name = "Inspector" });
        await Assertions.Expect(inspector).ToContainTextAsync("sleep 600");
        await Assertions.Expect(inspector.GetByRole(AriaRole.Region, new() { Name = "Output" })).ToContainTextAsync("page 1 of 9");
        await Demo.Button(page, "Close inspector").ClickAsync();

        await card.GetByRole(AriaRole.Button, new() { Name = "Cancel and edit prompt", Exact = true }).ClickAsync();
        await Demo.StatusAsync(page, "cancelled");
        await Newcomer.HealedAsync(section, "run_command is slow");
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync(new Regex("^Read it to me"));
        await Demo.SendAsync(page, """Read one page [[tool run_command {"command":"echo page 1 of 9"}]] [[say One page is read.]]""");
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("One page is read.");
    }
}
