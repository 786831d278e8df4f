using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>Calls that ask, and calls that are slow, as people meet them in the panel.</summary>
public sealed class ApprovalStories(Browsers browsers, ApprovalStories.MailLab shared) : Story(browsers), IClassFixture<ApprovalStories.MailLab>
{
    [Fact]
    public async Task Calls_are_approved_denied_and_approved_for_the_session_one_by_one()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, """[[together]] [[tool send_mail {"to":"robin"}]] [[tool current_time {}]] [[tool send_mail {"to":"everybody"}]]""");
        await Demo.StatusAsync(page, "awaiting_approval");
        var cards = Demo.Chat(page).Locator("section.approval");
        await Assertions.Expect(cards).ToHaveCountAsync(2);
        await Assertions.Expect(cards.First).ToContainTextAsync("Ala asks to use send_mail");
        await Assertions.Expect(Demo.Chat(page).GetByText("Working", new() { Exact = true })).ToHaveCountAsync(0);
        await Assertions.Expect(cards.First.Locator("pre")).ToContainTextAsync("\"to\": \"robin\"");
        // What needs no asking has run meanwhile; the node tells what the session waits for.
        await Assertions.Expect(Demo.Chat(page).Locator("[data-tool=current_time]")).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(page.Locator(".node.agent[data-status=awaiting_approval]")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".node .call[data-state='asks for approval']").First).ToBeVisibleAsync();

        await cards.First.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await Assertions.Expect(cards).ToHaveCountAsync(1);
        await cards.GetByRole(AriaRole.Textbox, new() { Name = "Reason", Exact = true }).FillAsync("Not to everybody");
        await cards.GetByRole(AriaRole.Button, new() { Name = "Deny", Exact = true }).ClickAsync();
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Demo.Answer(page).Locator(".prose").Last).ToContainTextAsync("They said: Not to everybody");
        Assert.Equal(["done", "done", "denied"], await Demo.Answer(page).Locator("[data-tool]").EvaluateAllAsync<string[]>("all => all.map(one => one.dataset.state)"));

        await Demo.SendAsync(page, """[[tool send_mail {"to":"a"}]]""");
        await Assertions.Expect(cards).ToHaveCountAsync(1);
        await Demo.Button(page, "Approve for this session").ClickAsync();
        await Demo.StatusAsync(page, "idle");
        await Demo.SendAsync(page, """[[tool send_mail {"to":"b"}]] [[say asked nobody]]""");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("asked nobody");
        await Assertions.Expect(cards).ToHaveCountAsync(0);

        // In the agent's settings it asks, until somebody chooses otherwise.
        await page.GotoAsync("/demo/agents/ala");
        var rights = page.GetByRole(AriaRole.Radiogroup, new() { Name = "send_mail", Exact = true });
        await Assertions.Expect(rights.GetByRole(AriaRole.Radio, new() { Name = "Ask", Exact = true })).ToBeCheckedAsync();
        await rights.GetByText("Off", new() { Exact = true }).ClickAsync();
        await page.ReloadAsync();
        await Assertions.Expect(rights.GetByRole(AriaRole.Radio, new() { Name = "Off", Exact = true })).ToBeCheckedAsync();
    }

    [Fact]
    public async Task A_slow_call_has_a_card_that_cancels_it_or_brings_the_prompt_back_and_stands_on_the_troubleshooting_page()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, """First [[tool wait {"seconds":500}]]""");
        var card = Demo.Chat(page).Locator("section.trouble[data-trouble=slow_tool]");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading, new() { Name = "wait is slow" })).ToBeVisibleAsync();
        await Assertions.Expect(Demo.Chat(page).Locator("[data-tool=wait] .time")).ToContainTextAsync("s");
        // The open call on the canvas shows its arguments and its output so far.
        await page.Locator(".node .call[data-call=wait]").ClickAsync();
        var inspector = page.GetByRole(AriaRole.Complementary, new() { Name = "Inspector" });
        await Assertions.Expect(inspector).ToContainTextAsync("\"seconds\": 500");
        await Assertions.Expect(inspector).ToContainTextAsync("of 500 s");
        await Assertions.Expect(inspector.GetByText("Running for")).ToBeVisibleAsync();
        await inspector.GetByRole(AriaRole.Button, new() { Name = "Cancel call", Exact = true }).ClickAsync();
        await inspector.GetByRole(AriaRole.Button, new() { Name = "Close inspector" }).ClickAsync();
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Demo.Answer(page).Locator(".prose").Last).ToContainTextAsync("This call was cancelled by the person.");

        await Demo.SendAsync(page, """Second [[tool wait {"seconds":500}]]""");
        await Assertions.Expect(card).ToBeVisibleAsync();
        var other = await PageAsync(page.Context);
        await other.GotoAsync("/demo/troubleshooting");
        var section = other.GetByRole(AriaRole.Region, new() { Name = "Agent stuck on a tool" });
        await Assertions.Expect(section.Locator("[data-session]")).ToContainTextAsync("The tool wait runs.");
        await Assertions.Expect(section.Locator("section.trouble[data-trouble=slow_tool]")).ToBeVisibleAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Cancel and edit prompt", Exact = true }).ClickAsync();
        await Demo.StatusAsync(page, "cancelled");
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync("""Second [[tool wait {"seconds":500}]]""");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("Stopped here. Ended with it: wait.");
        await Assertions.Expect(section).ToContainTextAsync("No session waits for anything now.");
    }

    private async Task<IPage> OpenAsync()
    {
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        return page;
    }

    /// <summary>A lab with a tool that writes outside, and little patience.</summary>
    public sealed class MailLab : SharedLab
    {
        protected override LabHostOptions Options { get; } = new()
        {
            Settings = new Dictionary<string, string?> { ["Sessions:QuietSeconds"] = "0.5" },
            Services = services => services.AddSingleton<ITool>(ApprovalTests.Mail()),
        };
    }
}
