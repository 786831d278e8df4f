using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TestContext = Xunit.TestContext;

namespace Alumia.Lab.Tests.Troubles;

public sealed class TroubleCardTests : BunitContext, IAsyncLifetime
{
    private static readonly OrgScope _scope = new("org_1", "one", "usr_1", OrgRole.Member);
    private readonly Handler _handler = new();
    private LabDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        Services.AddSingleton(new TroubleLog(_database.Contexts, [_handler]));
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task It_tells_what_is_so_why_and_what_is_known()
    {
        var card = await ShowAsync(fixes: 1);
        Assert.Equal("Groq limits this model", card.Find("h3").TextContent);
        Assert.Contains("It answered 429.", card.Markup, StringComparison.Ordinal);
        var known = card.Find("details.known");
        Assert.Equal("What we know", known.QuerySelector("summary")!.TextContent);
        Assert.Equal(["Since", "Answer"], known.QuerySelectorAll("dt").Select(term => term.TextContent));
        Assert.Contains("HTTP 429", known.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_fixes_are_buttons_the_first_filled_and_the_rest_stand_under_More_fixes()
    {
        var card = await ShowAsync(fixes: 5);
        Assert.Equal(["Fix 0", "Fix 1", "Fix 2"], card.FindAll(".fixes > button").Select(button => button.TextContent));
        Assert.Equal(["Fix 0"], card.FindAll(".btn-primary").Select(button => button.TextContent));
        Assert.Equal("More fixes", card.Find(".fixes details summary").TextContent);
        Assert.Equal(["Fix 3", "Fix 4"], card.FindAll(".fixes details button").Select(button => button.TextContent));
        Assert.Empty((await ShowAsync(fixes: 3)).FindAll(".fixes details"));
    }

    [Fact]
    public async Task A_pressed_fix_is_done_once_with_its_progress_shown_and_leads_on()
    {
        var card = await ShowAsync(fixes: 4);
        var press = card.FindAll("button").Single(button => button.TextContent == "Fix 3").ClickAsync(new());
        await _handler.Begun.Task.WaitAsync(Ct);
        card.Render();
        Assert.All(card.FindAll("button"), button => Assert.True(button.IsDisabled()));
        _handler.End.SetResult(new FixOutcome("Sent again.", "/one/lab"));
        await press;
        Assert.Equal("Sent again.", card.Find("[role=status]").TextContent);
        Assert.Equal(["3"], _handler.Done);
        Assert.EndsWith("/one/lab", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.All(card.FindAll("button"), button => Assert.False(button.IsDisabled()));
    }

    [Fact]
    public async Task The_fix_that_was_read_on_the_button_is_done_or_none_where_the_card_has_changed_meanwhile()
    {
        var card = await ShowAsync(fixes: 2);
        _handler.End.SetResult(new FixOutcome("Done."));
        var changed = await RaiseAsync(["Fix 2", "Fix 1", "Fix 1"]);
        await PressAsync("Fix 1");
        Assert.Equal(["1"], _handler.Done);
        await PressAsync("Fix 0");
        Assert.Equal(["1"], _handler.Done);
        Assert.Equal("This card has changed since: that is none of its fixes any more.", card.Find("[role=alert]").TextContent);

        // When it hears of the change, a button that stays is the same one.
        card.Render(parameters => parameters.Add(p => p.Trouble, changed));
        await PressAsync("Fix 1");
        Assert.Equal(["1", "1"], _handler.Done);
        Assert.Equal(["Fix 2", "Fix 1"], card.FindAll(".fixes > button").Select(button => button.TextContent));

        Task PressAsync(string label) => card.FindAll("button").Single(button => button.TextContent == label).ClickAsync(new());
    }

    [Fact]
    public async Task A_refused_fix_says_why_and_can_be_pressed_again()
    {
        var card = await ShowAsync(fixes: 1);
        _handler.End.SetException(Refusal.Conflict("The provider still asks to wait 12 s."));
        await card.Find("button").ClickAsync(new());
        Assert.Equal("The provider still asks to wait 12 s.", card.Find("[role=alert]").TextContent);
        Assert.False(card.Find("button").IsDisabled());
    }

    [Fact]
    public async Task Healed_it_is_one_line_without_buttons()
    {
        var card = await ShowAsync(fixes: 2);
        await _database.Writer.Write(tx => TroubleLog.Heal(tx, "org_1", "session:1", "The provider answered again"), Ct);
        var healed = Assert.Single(await Services.GetRequiredService<TroubleLog>().HealedAsync(_scope, [], 5, Ct));
        card.Render(parameters => parameters.Add(p => p.Trouble, healed));
        Assert.Empty(card.FindAll("button"));
        Assert.StartsWith("The provider answered again", card.Find("p.healed").TextContent.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trouble_about_money_has_the_yellow_card_and_others_have_not()
    {
        Services.AddSingleton(new TroubleKind("limited", "Money") { IsMoney = true });
        Services.AddSingleton(new TroubleKind("other", "Not money"));
        var card = await ShowAsync(fixes: 1);
        Assert.Equal("money", card.Find("section.trouble").GetAttribute("data-tone"));
        var other = Assert.Single(await Services.GetRequiredService<TroubleLog>().OpenAsync(_scope, [], Ct));
        var plain = new Trouble { Id = "trb_2", OrgId = other.OrgId, Kind = "other", About = other.About, Title = other.Title, Cause = other.Cause, SinceMs = 1 };
        card.Render(parameters => parameters.Add(p => p.Trouble, plain));
        Assert.Null(card.Find("section.trouble").GetAttribute("data-tone"));
    }

    private async Task<Trouble> RaiseAsync(IEnumerable<string> fixes)
    {
        await _database.Writer.Write(tx => TroubleLog.Raise(tx, "org_1", "limited", "session:1", "Groq limits this model", "It answered 429.",
            [new Evidence("Answer", "HTTP 429")], fixes.Select(label => new Fix("again", label, new() { ["number"] = label[^1..] }))), Ct);
        return Assert.Single(await Services.GetRequiredService<TroubleLog>().OpenAsync(_scope, [], Ct));
    }

    private async Task<IRenderedComponent<TroubleCard>> ShowAsync(int fixes)
    {
        var trouble = await RaiseAsync(Enumerable.Range(0, fixes).Select(number => $"Fix {number}"));
        trouble.SeenAtMs = trouble.SinceMs;
        return Render<TroubleCard>(parameters => parameters.Add(p => p.Trouble, trouble).AddCascadingValue(_scope));
    }

    private sealed class Handler : IFixHandler
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<FixOutcome> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Done { get; } = [];

        public string Kind => "again";

        public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
        {
            Done.Add(fix["number"]);
            Begun.TrySetResult();
            return End.Task;
        }
    }
}
