using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Alumia.Lab.Agents;
using Alumia.Lab.Api;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Sharing;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sharing;

/// <summary>What comes over a visitor's line, by plain clients of Blazor's hub.</summary>
public sealed partial class VisitorTests(VisitorTests.VisitorLab shared) : IClassFixture<VisitorTests.VisitorLab>
{
    private const int Visitors = 50;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    [Fact]
    public async Task Nothing_that_a_visitor_receives_holds_a_secret_prompt_address_balance_connector_result_or_another_projects_id()
    {
        var owner = await People.FoundAsync(Lab, "wanda");
        var agents = Lab.Services.GetRequiredService<AgentDirectory>();
        var ala = await agents.FindAsync(owner, Agent.AlaSlug, Ct);
        var agent = await agents.CreateAsync(owner, AgentEdit.Of(ala) with { Name = "Wilma", Description = "CANARY-DESCRIPTION", SystemPrompt = "CANARY-PROMPT" }, Ct);
        var outside = await agents.CreateAsync(owner, AgentEdit.Of(ala) with { Name = "CANARY-OUTSIDE" }, Ct);
        var share = await Shares.MakeAsync(Lab, owner, new ProjectEdit("Open house") { Prompt = "CANARY-PROJECT-PROMPT", Description = "CANARY-PROJECT-DESCRIPTION" });
        var other = await Shares.MakeAsync(Lab, owner, new ProjectEdit("CANARY-OTHER"));
        var elsewhere = await other.SayAsync("CANARY-ELSEWHERE");
        var key = await Lab.Services.GetRequiredService<ApiKeys>().CreateAsync(owner, "CANARY-KEY", KeyScopes.All, null, Ct);
        var session = await share.SayAsync("Look at it [[reasoning]] [[together]] [[tool gmail.list_messages {}]] [[tool list_agents {}]] [[tool current_time {}]] [[tool show_document {\"title\":\"Plan\",\"content\":\"The plan in full\"}]] [[say All is seen]]", agent.Id);
        await share.IdleAsync(session);
        await share.OnAsync();

        await using var visitor = await Visitor.OpenAsync(Lab, $"{share.Path}?session={session.Id}");
        foreach (var seen in new[] { "All is seen", "Look at it", "Text of Plan", "Wilma", "The details of this call are not shared", "gmail.list_messages", "current_time", "Open house" })
            await visitor.SeesAsync(seen);
        // What comes live is looked at too.
        await share.SendAsync(session, "Once more [[tool gmail.list_messages {}]] [[say Seen live]]");
        await visitor.SeesAsync("Seen live");
        await share.IdleAsync(session);
        using var client = Lab.Client();
        var json = await client.GetStringAsync($"/api/v1/share/{share.Token}", Ct);
        Assert.Contains("\"arguments\":", json, StringComparison.Ordinal);

        foreach (var (source, received) in new[] { ("the page", visitor.Html), ("the line", visitor.All()), ("the API", json) })
        {
            foreach (var secret in new[]
            {
                "CANARY", "wanda", "@example.com", owner.OrgId, owner.UserId, ala.Id, agent.Id, outside.Id, share.Project.Id, other.Project.Id, elsewhere.Id,
                key.Secret, "alm_test_", "balance", "microcents", "costs", "system prompt",
            })
            {
                var at = received.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
                Assert.True(at < 0, $"{source} tells {secret}: {(at < 0 ? "" : received.Substring(Math.Max(0, at - 80), Math.Min(200, received.Length - Math.Max(0, at - 80))))}");
            }
        }
    }

    [Fact]
    public async Task A_visitors_circuit_can_look_and_open_and_nothing_else_and_ends_with_the_link()
    {
        var share = await Shares.MakeAsync(Lab, "wera");
        var session = await share.SayAsync("Hello there [[say Good day]]");
        var hidden = await share.WriteAsync("Hidden", "Not for visitors");
        await share.IdleAsync(session);
        await share.OnAsync(SharedParts.Messages);
        await using var visitor = await Visitor.OpenAsync(Lab, share.Path);
        await visitor.SeesAsync("Ala: Hello there");
        foreach (var deed in new[] { "Moved", "Resized", "SendAsync", "Dispose", "DisposeAsync" })
            Assert.Contains(" False ", await visitor.CallAsync(deed, new[] { new { id = session.Id, x = 1, y = 1 } }), StringComparison.Ordinal);
        foreach (var wish in new[] { "delete", "collapse", "tidy", "duplicate", "undo" })
            Assert.Contains(" True ", await visitor.CallAsync("Wish", wish, new[] { session.Id }), StringComparison.Ordinal);
        Assert.Contains(" True ", await visitor.CallAsync("Wish", "open", new[] { hidden.Id }), StringComparison.Ordinal);
        Assert.Single(await share.Conversations.ListAsync(share.Owner, share.Project.Id, Ct));
        Assert.DoesNotContain("Not for visitors", visitor.All(), StringComparison.Ordinal);

        await share.OffAsync();
        // The browser is told to load the page anew, and what happens from now on reaches nobody.
        await visitor.SeesAsync("navigationManager.refresh");
        await share.SendAsync(session, "Are you still there? [[say CANARY-AFTER]]");
        await share.IdleAsync(session);
        Assert.DoesNotContain("CANARY-AFTER", visitor.All(), StringComparison.Ordinal);
        Assert.DoesNotContain("still there", visitor.All(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifty_visitors_see_the_whole_of_a_streaming_session_and_the_turn_waits_for_none_of_them()
    {
        var share = await (await Shares.MakeAsync(Lab, "wolfram")).OnAsync();
        const string ask = "Tell me [[long 600]] [[pace 4]]";
        var alone = await share.SayAsync(ask);
        var without = Stopwatch.StartNew();
        await share.IdleAsync(alone);
        without.Stop();

        var session = await share.SayAsync("Hello [[say Begin]]");
        await share.IdleAsync(session);
        var path = $"{share.Path}?session={session.Id}";
        var visitors = new List<Visitor>();
        using var deaf = await Visitor.DeafAsync(Lab, path);
        try
        {
            for (var i = 0; i < Visitors; i++)
                visitors.Add(await Visitor.OpenAsync(Lab, path));
            foreach (var visitor in visitors)
                await visitor.SeesAsync("Begin");
            await share.SendAsync(session, ask);
            var with = Stopwatch.StartNew();
            await share.IdleAsync(session);
            with.Stop();
            var page = await share.Conversations.PageAsync(share.Owner, session.Id, cancellation: Ct);
            var transcript = new Transcript();
            transcript.Prepend(page);
            var text = string.Concat(transcript.Turns[^1].Steps.SelectMany(step => step.Parts).OfType<ProsePart>().Where(part => !part.IsReasoning).Select(part => part.Text));
            var stretches = Plain().Matches(text).Select(match => match.Value).ToList();
            Assert.True(stretches.Sum(stretch => stretch.Length) > text.Length / 2);
            foreach (var visitor in visitors)
            {
                await visitor.SeesAsync(stretches[^1]);
                var all = visitor.All();
                Assert.DoesNotContain(stretches, stretch => !all.Contains(stretch, StringComparison.Ordinal));
            }
            Harness.Figures.Print($"The turn took {without.ElapsedMilliseconds} ms with nobody, {with.ElapsedMilliseconds} ms with {Visitors} visitors and one who never reads");
        }
        finally
        {
            foreach (var visitor in visitors)
                await visitor.DisposeAsync();
        }
    }

    [GeneratedRegex("[A-Za-z ,]{30,}")]
    private static partial Regex Plain();

    /// <summary>A lab with a tool of a connector, in which many may watch from one address.</summary>
    public sealed class VisitorLab : SharedLab
    {
        protected override LabHostOptions Options { get; } = new()
        {
            Settings = new Dictionary<string, string?> { ["Sharing:MaxVisitorsPerAddress"] = "60" },
            Services = services => services.AddSingleton<ITool, Mailbox>(),
        };
    }

    private sealed class Mailbox : ITool
    {
        public string Name => "gmail.list_messages";

        public string Description => "Lists mail.";

        public System.Text.Json.JsonElement Schema { get; } = System.Text.Json.JsonElement.Parse("""{"type":"object"}""");

        public ToolRisk Risk => ToolRisk.Reads;

        public string? Group => "Gmail";

        public TimeSpan TimeLimit => TimeSpan.FromSeconds(30);

        public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.Yield();
            yield return new ToolOutput.Partial("CANARY-PARTIAL");
            yield return new ToolOutput.Result("CANARY-MAIL");
        }
    }
}
