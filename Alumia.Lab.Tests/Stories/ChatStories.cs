using System.Text.RegularExpressions;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>What people do in the chat panel.</summary>
public sealed class ChatStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    [Fact]
    public async Task A_message_to_a_running_session_queues_can_be_removed_and_the_next_begins_by_itself()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "Talk about rivers [[long 250]] [[pace 40]]");
        await Demo.WordsAsync(page, 3);
        await Demo.SendAsync(page, "My name is Removed");
        await Demo.SendAsync(page, "How many messages have I sent?");
        var queued = page.GetByRole(AriaRole.List, new() { Name = "Queued messages" }).GetByRole(AriaRole.Listitem);
        await Assertions.Expect(queued).ToHaveCountAsync(2);
        await Assertions.Expect(queued.First).ToContainTextAsync("queued");
        await queued.Filter(new() { HasText = "Removed" }).GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(queued).ToHaveCountAsync(1);

        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("You have sent 2 messages here, this one included.");
        await Assertions.Expect(queued).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("article.mine")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task An_edited_message_takes_the_place_of_the_old_one_and_of_all_after_it()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "My name is Anna");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("Anna");
        await Demo.StatusAsync(page, "idle");
        await Demo.SendAsync(page, "What is my name?");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("Your name is Anna");
        await Demo.StatusAsync(page, "idle");

        await page.Locator("article.mine").First.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync("My name is Anna");
        await Demo.SendAsync(page, "My name is Berta");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("Berta");
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(page.Locator("article.mine")).ToHaveCountAsync(1);
        await Demo.SendAsync(page, "What is my name?");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("Your name is Berta");
        await Assertions.Expect(page.GetByLabel("Messages").GetByText("Anna")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Retry_on_an_answer_asks_again_and_the_new_answer_takes_its_place()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "Say what time it is");
        await Demo.StatusAsync(page, "idle");
        var first = await Demo.Answer(page).GetAttributeAsync("data-turn");
        await Demo.Button(page, "Retry").ClickAsync();
        await Assertions.Expect(Demo.Answer(page)).Not.ToHaveAttributeAsync("data-turn", first!);
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(page.Locator("article.mine")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("article.answer")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Enter_sends_and_shift_enter_breaks_the_line()
    {
        var page = await OpenAsync();
        await Demo.Message(page).PressSequentiallyAsync("One");
        await page.Keyboard.PressAsync("Shift+Enter");
        await page.Keyboard.TypeAsync("Two");
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync("One\nTwo");
        await Assertions.Expect(page.Locator("article.mine")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("article.mine .said")).ToHaveTextAsync(new Regex("^One\nTwo$"), new() { UseInnerText = true });
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync("");
        await Assertions.Expect(Demo.Message(page)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Two_hundred_kilobytes_are_pasted_and_sent_whole()
    {
        var page = await OpenAsync();
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var text = "Begin " + string.Concat(Enumerable.Range(0, 1_000).Select(n => $"{n} {new string('ä', 95)}\n")) + "end";
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(text) > 190_000);
        await page.EvaluateAsync("text => navigator.clipboard.writeText(text)", text);
        await Demo.Message(page).FocusAsync();
        await page.Keyboard.PressAsync("Control+V");
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync(text);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("You wrote “Begin");
        var bench = await Bench.OfAsync(shared.Lab);
        Assert.Equal(text, Assert.Single(await bench.EventsAsync<TurnStarted>(await Demo.SessionAsync(page))).Text);
    }

    [Fact]
    public async Task A_session_is_renamed_and_deleted()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "Hello, this is to be renamed");
        await Demo.StatusAsync(page, "idle");
        var session = await Demo.SessionAsync(page);
        var menu = page.Locator(".sessions button.current .one-line");
        await Assertions.Expect(menu).ToHaveTextAsync("Hello, this is to be renamed");
        await menu.ClickAsync();
        await Demo.Button(page, "Rename Hello, this is to be renamed").ClickAsync();
        await page.GetByLabel("New name").FillAsync("A better name");
        await Demo.Button(page, "Save").ClickAsync();
        await Assertions.Expect(menu).ToHaveTextAsync("A better name");

        await Demo.Button(page, "Delete A better name").ClickAsync();
        await Demo.Button(page, "Delete").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("^(?!.*session=)"));
        await Assertions.Expect(Demo.Button(page, "Delete A better name")).ToHaveCountAsync(0);
        await page.GotoAsync($"{page.Url}?session={session}");
        await AssertGoneAsync(page);
        await Demo.Button(page, "New chat").ClickAsync();
        await Assertions.Expect(Demo.Send(page)).ToBeEnabledAsync();
    }

    [Fact]
    public async Task A_session_is_shown_in_its_own_project_alone_and_closes_where_another_person_deletes_it()
    {
        var page = await OpenAsync();
        await Demo.SendAsync(page, "Hello from the first project");
        var session = await Demo.SessionAsync(page);
        await Demo.StatusAsync(page, "idle");
        var bench = await Bench.OfAsync(shared.Lab);
        var other = await shared.Lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(bench.Scope, new ProjectEdit("Another"), TestContext.Current.CancellationToken);
        var elsewhere = await PageAsync(page.Context);
        await elsewhere.GotoAsync($"/demo/lab/{other.Id}?session={session}");
        await AssertGoneAsync(elsewhere);

        await bench.Conversations.DeleteAsync(bench.Scope, session, TestContext.Current.CancellationToken);
        await AssertGoneAsync(page);
    }

    private static async Task AssertGoneAsync(IPage page)
    {
        await Assertions.Expect(page.GetByLabel("Messages").GetByRole(AriaRole.Alert)).ToHaveTextAsync(new Regex("[Nn]o such session"));
        await Assertions.Expect(page.Locator("article")).ToHaveCountAsync(0);
        await Assertions.Expect(Demo.Message(page)).ToBeDisabledAsync();
        await Assertions.Expect(page.GetByText("Not sent.")).ToHaveCountAsync(0);
    }

    private async Task<IPage> OpenAsync()
    {
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        return page;
    }
}
