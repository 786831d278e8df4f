using Alumia.Lab.Blocks.Markdown;
using Alumia.Lab.Chat;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Sessions;
using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Chat;

public sealed class ChatPanelTests : BunitContext
{
    private readonly CannedHost _host = new();
    private readonly Script _script = new();
    private readonly List<string?> _opened = [];

    public ChatPanelTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<IChatHost>(_host);
        Services.AddSingleton<ChangeFeed>();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<CodeHighlighter>();
        Services.AddSingleton<MarkdownRenderer>();
        Services.AddSingleton(new ModelCatalogue(new ConfigurationBuilder().Build()));
    }

    [Fact]
    public void Text_shows_as_it_streams_and_does_not_double_when_it_is_stored()
    {
        var panel = Show();
        _host.Say([.. _script.Ask("m1", "Tell me").Step(1).Stream("Half an ").Frames]);
        panel.WaitForAssertion(() => Assert.Equal("Half an", panel.Find(".prose").TextContent.Trim()), TimeSpan.FromSeconds(30));
        Assert.Equal("active", panel.Find(".chat").GetAttribute("data-status"));
        Assert.NotNull(panel.Find("button.stop"));

        _host.Say([.. _script.Stream("answer").Close().Finish().Frames]);
        panel.WaitForAssertion(() => Assert.Equal("Half an answer", panel.Find(".prose").TextContent.Trim()), TimeSpan.FromSeconds(30));
        Assert.Contains("1,204 in, 310 out", panel.Find(".usage").TextContent, StringComparison.Ordinal);
        Assert.Equal("Answer complete", panel.Find("[aria-live]").TextContent);
    }

    [Fact]
    public void A_turn_that_did_not_change_is_not_drawn_again()
    {
        _script.Ask("m1", "One").Step(1).Stream("a").Close().Finish().Ask("m2", "Two").Step(1);
        var panel = Show(_script);
        panel.WaitForState(() => panel.FindComponents<TurnEntry>().Count == 2, TimeSpan.FromSeconds(30));
        var before = panel.FindComponents<TurnEntry>()[0].RenderCount;
        _host.Say([.. _script.Stream("b").Frames]);
        panel.WaitForState(() => panel.FindAll(".prose").Count == 2, TimeSpan.FromSeconds(30));
        Assert.Equal(before, panel.FindComponents<TurnEntry>()[0].RenderCount);
    }

    [Fact]
    public void A_failed_tool_opens_by_itself_and_a_good_one_does_not()
    {
        _script.Ask("m1", "One").Step(1).Tool("c1", "fine").Step(2).Tool("c2", "no such zone", ending: ToolEnding.Error)
            .Step(3).Close(new ToolRequested(3, "c3", "wait", "{}")).Store(new ToolRejected("c3", "wait", "{}", "/seconds", "number", "seconds is missing", 1)).Finish();
        var panel = Show(_script);
        panel.WaitForState(() => panel.FindAll("[data-tool]").Count == 3, TimeSpan.FromSeconds(30));
        Assert.Equal([false, true, true], panel.FindAll("[data-tool]").Select(chip => chip.HasAttribute("open")));
        Assert.Equal(["done", "failed", "rejected"], panel.FindAll("[data-tool]").Select(chip => chip.GetAttribute("data-state")));
        Assert.Contains("/seconds", panel.FindAll("[data-tool]")[2].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_turn_offers_resume_and_a_failed_one_retry()
    {
        var panel = Show(_script.Ask("m1", "One").Step(1).Stream("a").Close().Fail("interrupted", "The lab stopped.", SessionStatus.Interrupted));
        panel.WaitForElement(".line button", TimeSpan.FromSeconds(30));
        Assert.Equal("Resume", panel.Find(".line button").TextContent);
        panel.Find(".line button").Click();
        Assert.Contains("resume", _host.Deeds);

        _host.Say([.. _script.Store(new StatusChanged(SessionStatus.Interrupted, SessionStatus.Active)).Fail("provider", "HTTP 500", SessionStatus.Failed).Frames]);
        panel.WaitForAssertion(() => Assert.Equal("Retry", panel.Find(".line button").TextContent), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Stop_cancels_and_a_queued_message_can_be_removed()
    {
        _host.Queue.Add(new QueuedMessage("m2", "And lakes?", "usr_me", false, 1));
        var panel = Show(_script.Ask("m1", "One").Step(1));
        panel.WaitForElement("button.stop", TimeSpan.FromSeconds(30)).Click();
        panel.WaitForElement(".queue button", TimeSpan.FromSeconds(30)).Click();
        Assert.Equal(["cancel", "unqueue m2"], _host.Deeds);
    }

    [Fact]
    public async Task A_refused_message_is_told_and_not_taken()
    {
        var panel = Show(_script.Ask("m1", "One").Finish());
        _host.RefusesToSend = Refusal.Conflict("The balance is empty.");
        var composer = panel.FindComponent<Composer>();
        Assert.False(await panel.InvokeAsync(() => composer.Instance.Send("Two", "m2")));
        Assert.Contains("The balance is empty.", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        _host.RefusesToSend = null;
        Assert.True(await panel.InvokeAsync(() => composer.Instance.Send("Two", "m2")));
        Assert.Empty(panel.FindAll("[role=alert]"));
        Assert.Equal(["send m2 Two False"], _host.Deeds);
    }

    [Fact]
    public async Task The_first_message_makes_a_session_and_opens_it()
    {
        var panel = Show(sessionId: null);
        Assert.Equal("Chat with Ala", panel.Find("h2").TextContent);
        Assert.True(await panel.InvokeAsync(() => panel.FindComponent<Composer>().Instance.Send("Hello", "m1")));
        Assert.Equal(["create agt_ala ", "send m1 Hello False"], _host.Deeds);
        Assert.Equal(["ses_1"], _opened);
    }

    [Fact]
    public async Task An_edit_is_sent_as_the_next_revision_of_its_message()
    {
        var panel = Show(_script.Ask("m1", "One").Step(1).Stream("a").Close().Finish());
        panel.WaitForElement(".mine footer button:not([data-copy])", TimeSpan.FromSeconds(30)).Click();
        Assert.NotNull(panel.Find(".editing"));
        await panel.InvokeAsync(() => panel.FindComponent<Composer>().Instance.Send("Better", "fresh"));
        Assert.Equal(["send m1 Better False"], _host.Deeds);
        Assert.Empty(panel.FindAll(".editing"));
    }

    [Fact]
    public async Task An_edited_message_that_is_sent_as_it_was_asks_for_another_answer()
    {
        var panel = Show(_script.Ask("m1", "One").Step(1).Stream("a").Close().Finish());
        panel.WaitForElement(".mine footer button:not([data-copy])", TimeSpan.FromSeconds(30)).Click();
        await panel.InvokeAsync(() => panel.FindComponent<Composer>().Instance.Send("One", "fresh"));
        Assert.Equal(["send m1 One True"], _host.Deeds);
    }

    [Fact]
    public void The_last_message_is_put_into_the_composer_once_whatever_is_drawn_before_the_address_changes()
    {
        var script = JSInterop.SetupModule(_ => true);
        script.Mode = JSRuntimeMode.Loose;
        var field = script.SetupModule(call => call.Identifier == "composer");
        field.Mode = JSRuntimeMode.Loose;
        var taken = 0;
        var panel = Show(_script.Ask("m1", "One").Finish(), editsLast: true, lastTaken: () => taken++);
        panel.WaitForAssertion(() => Assert.Equal(1, taken), TimeSpan.FromSeconds(30));
        panel.Render();
        panel.Render(parameters => parameters.Add(each => each.EditsLast, true));
        Assert.Equal("One", Assert.Single(field.Invocations["edit"]).Arguments[0]);

        panel.Render(parameters => parameters.Add(each => each.EditsLast, false));
        panel.Render(parameters => parameters.Add(each => each.EditsLast, true));
        Assert.Equal(2, field.Invocations["edit"].Count);
        Assert.Equal(2, taken);
    }

    [Fact]
    public void A_viewer_reads_and_is_told_why_not_more()
    {
        var panel = Show(_script.Ask("m1", "One", userId: "usr_other").Step(1).Stream("a").Close().Finish(), role: OrgRole.Viewer);
        panel.WaitForElement(".prose", TimeSpan.FromSeconds(30));
        Assert.True(panel.Find("textarea[aria-label=Message]").HasAttribute("disabled"));
        Assert.Contains("viewer", panel.Find("#composer-why").TextContent, StringComparison.Ordinal);
        Assert.Equal("Robin", panel.Find(".mine .who").TextContent);
        Assert.DoesNotContain(panel.FindAll("button"), button => button.TextContent is "Edit" or "Retry" or "Stop" or "New chat");
    }

    [Fact]
    public void Earlier_messages_come_before_those_that_are_here()
    {
        _script.Ask("m1", "One").Finish();
        var split = _script.Events.Count;
        _script.Ask("m2", "Two").Finish();
        _host.Earlier = new EventPage([.. _script.Events.Take(split)], false, new Cursor(split, 0));
        _host.Page = new EventPage([.. _script.Events.Skip(split)], true, new Cursor(_script.Events.Count, 0));
        var panel = Show();
        panel.WaitForElement(".earlier", TimeSpan.FromSeconds(30)).Click();
        Assert.Equal(["One", "Two"], panel.FindAll(".said").Select(said => said.TextContent));
        Assert.Empty(panel.FindAll(".earlier"));
    }

    private IRenderedComponent<ChatPanel> Show(Script? script = null, string? sessionId = "ses_1", OrgRole role = OrgRole.Member, bool editsLast = false, Action? lastTaken = null)
    {
        if (script is not null)
            _host.Page = new EventPage(script.Events, false, new Cursor(script.Events.Count, 0));
        return Render<ChatPanel>(parameters => parameters
            .AddCascadingValue(new OrgScope("org", "demo", "usr_me", role))
            .Add(panel => panel.ProjectId, "prj")
            .Add(panel => panel.SessionId, sessionId)
            .Add(panel => panel.SessionIdChanged, _opened.Add)
            .Add(panel => panel.EditsLast, editsLast)
            .Add(panel => panel.LastTaken, lastTaken ?? (() => { })));
    }
}
