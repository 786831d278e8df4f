using System.Text.Json;
using Alumia.Lab.Offline.Models;

namespace Alumia.Lab.Tests.Offline;

public sealed class PlannerTests
{
    private static readonly OfferedTool[] _tools =
    [
        Tool("current_time", "Tells the current date and time.", """{"type":"object","properties":{"time_zone":{"type":"string"}}}"""),
        Tool("wait", "Waits for a number of seconds.", """{"type":"object","properties":{"seconds":{"type":"number"}},"required":["seconds"]}"""),
        Tool("show_document", "Creates or updates a Markdown document.", """{"type":"object","properties":{"title":{"type":"string"},"markdown":{"type":"string"},"id":{"type":"string"}},"required":["title","markdown"]}"""),
        Tool("run_command", "Runs a shell command.", """{"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}"""),
        Tool("message_agent", "Sends a message to a peer.", """{"type":"object","properties":{"agent":{"type":"string"},"message":{"type":"string"}},"required":["agent","message"]}"""),
        Tool("gmail--search", "Searches the mailbox.", """{"type":"object","properties":{"query":{"type":"string"},"max":{"type":"integer"}},"required":["query"]}"""),
        Tool("web_fetch", "Reads a page.", """{"type":"object","properties":{"url":{"type":"string"}},"required":["url"]}"""),
        Tool("browser_open", "Opens a page.", """{"type":"object","properties":{"url":{"type":"string"}},"required":["url"]}"""),
        Tool("show_chart", "Draws a chart.", """{"type":"object","properties":{"title":{"type":"string"},"kind":{"enum":["bar","line"]},"values":{"type":"array","items":{"type":"number"}}},"required":["title","kind","values"]}"""),
    ];

    [Theory]
    [InlineData("What time is it?", "current_time", "{}")]
    [InlineData("What time is it in Europe/Paris?", "current_time", """{"time_zone":"Europe/Paris"}""")]
    [InlineData("Please wait 3 seconds", "wait", """{"seconds":3}""")]
    [InlineData("wait 2 minutes", "wait", """{"seconds":120}""")]
    [InlineData("Run `ls -la /work`", "run_command", """{"command":"ls -la /work"}""")]
    [InlineData("Ask Atlas to write a document about whales", "message_agent", """{"agent":"Atlas","message":"write a document about whales"}""")]
    [InlineData("search gmail for invoices from May", "gmail--search", """{"query":"invoices from May"}""")]
    [InlineData("Open https://example.com/tea in the browser", "browser_open", """{"url":"https://example.com/tea"}""")]
    [InlineData("Read https://example.com/tea", "web_fetch", """{"url":"https://example.com/tea"}""")]
    [InlineData("draw a line chart about rain: 3, 5, 8", "show_chart", """{"title":"Rain: 3, 5, 8","kind":"line","values":[3,5,8]}""")]
    public void A_plain_request_becomes_a_call(string request, string tool, string arguments)
    {
        var call = Assert.Single(Next(request).Calls);
        Assert.Equal((tool, arguments), (call.Name, call.Arguments));
    }

    [Fact]
    public void A_document_is_written_about_its_topic_and_then_told_of()
    {
        var call = Assert.Single(Next("Write a document about cats and dogs").Calls);
        using var arguments = JsonDocument.Parse(call.Arguments);
        Assert.Equal("Cats and dogs", arguments.RootElement.GetProperty("title").GetString());
        Assert.Contains("# Cats and dogs", arguments.RootElement.GetProperty("markdown").GetString());
        Assert.False(arguments.RootElement.TryGetProperty("id", out _));

        var after = Next("Write a document about cats and dogs", Called("1", call), new Said(Speaker.Tool, "ok", [], "1"));
        Assert.Empty(after.Calls);
        Assert.Contains("“Cats and dogs”", after.Text);
    }

    [Fact]
    public void Several_tools_come_one_after_another()
    {
        const string Request = "Write a document about tea and wait 1 second, then what time is it?";
        var said = new List<Said>();
        foreach (var expected in new[] { "show_document", "wait", "current_time" })
        {
            var call = Assert.Single(Next(Request, [.. said]).Calls);
            Assert.Equal(expected, call.Name);
            said.Add(Called(expected, call));
            said.Add(new Said(Speaker.Tool, $"result of {expected}", [], expected));
        }
        var end = Next(Request, [.. said]);
        Assert.Empty(end.Calls);
        Assert.Contains("result of current_time", end.Text);
    }

    [Fact]
    public void It_says_that_it_is_no_language_model() => Assert.Contains("not a language model", Next("Who are you?").Text);

    [Fact]
    public void It_remembers_what_was_said()
    {
        Assert.Contains("“Red”", Plan("What did I say first?", Said.By(Speaker.User, "Red"), Said.By(Speaker.Assistant, "ok"), Said.By(Speaker.User, "Blue")).Text);
        Assert.Contains("Ada", Plan("What is my name?", Said.By(Speaker.User, "My name is Ada."), Said.By(Speaker.Assistant, "ok")).Text);
    }

    [Fact]
    public void Slowly_and_at_length_are_understood()
    {
        var plan = Next("Tell me slowly and at length about rivers");
        Assert.Equal(150, plan.PaceMs);
        Assert.InRange(Requests.WordsOf(plan.Text).Count, 300, 500);
        Assert.Contains("rivers", plan.Text);
    }

    [Fact]
    public void Directives_are_followed_to_the_letter()
    {
        Assert.Equal("exactly this", Next("[[say exactly this]]").Text);
        Assert.Equal(2000, Requests.WordsOf(Next("[[long 2000]] about bread").Text).Count);
        Assert.Equal(20, Next("Hi [[pace 20]]").PaceMs);
        Assert.NotEmpty(Next("Hi [[reasoning]]").Reasoning);
        var calls = Directives.Read("""[[tool gmail.search {"query":"[[a]]"}]] [[tool wait {"seconds":2}]]""").Calls;
        Assert.Equal([("gmail.search", """{"query":"[[a]]"}"""), ("wait", """{"seconds":2}""")], calls.Select(call => (call.Name, call.Arguments)));
        Assert.Equal("gmail--search", Next("""[[tool gmail.search {"query":"x"}]]""").Calls[0].Name);
        var failure = Directives.Read("[[status 429 3 x1]]").Failure!;
        Assert.Equal(("status", 429, 3, 1), (failure.Kind, failure.Number, failure.RetryAfter, failure.Times));
        Assert.Equal(50, Directives.Read("[[cut 50]]").Failure!.Number);
    }

    [Theory]
    [InlineData("broken-json")]
    [InlineData("wrong-arguments")]
    [InlineData("unknown-tool")]
    public void A_spoiled_call_is_made_well_when_it_was_rejected(string kind)
    {
        var request = $"wait 1 second [[{kind}]]";
        var first = Assert.Single(Next(request).Calls);
        Assert.True(first.Name == "no_such_tool" || first.Arguments != """{"seconds":1}""");
        var second = Assert.Single(Next(request, Called("1", first), new Said(Speaker.Tool, "Error: rejected", [], "1")).Calls);
        Assert.Equal(("wait", """{"seconds":1}"""), (second.Name, second.Arguments));
        if (kind == "broken-json")
            Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(first.Arguments));
    }

    [Fact]
    public void An_answer_that_was_interrupted_goes_on_where_it_stopped()
    {
        var whole = Next("[[long 100]] about bread").Text;
        Assert.Equal(whole[120..], Next("[[long 100]] about bread", Said.By(Speaker.Assistant, whole[..120])).Text);
    }

    private static Plan Next(string request, params Said[] since) => new Planner().Next(new("m", "", [Said.By(Speaker.User, request), .. since], _tools));

    private static Plan Plan(string request, params Said[] before) => new Planner().Next(new("m", "", [.. before, Said.By(Speaker.User, request)], _tools));

    private static Said Called(string id, PlannedCall call) => new(Speaker.Assistant, "", [new PastCall(id, call.Name, call.Arguments)]);

    private static OfferedTool Tool(string name, string description, string schema)
    {
        using var json = JsonDocument.Parse(schema);
        return new(name, description, json.RootElement.Clone());
    }
}
