using System.Net.Http.Json;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;

namespace Alumia.Lab.Tests.Cluster;

/// <summary>Several copies of the lab on one PostgreSQL are one lab.</summary>
[Collection(CopiesCollection.Name)]
public sealed class ClusterTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_watched_live_stopped_and_limited_whichever_copy_one_comes_to()
    {
        await using var copies = await Copies.StartAsync(3);
        var session = await LabDriver.TextAsync(copies.Labs[0], "/driver/new");
        Assert.Equal("Started", await LabDriver.TextAsync(copies.Labs[0], LabDriver.Send(session, "m1", "[[pace 20]] [[long 150]]")));
        var watched = await Task.WhenAll(copies.Labs.Select(lab => Copies.WatchAsync(lab, session, line => line.Kind == nameof(TurnFinished))));
        Assert.All(watched, lines =>
        {
            // It came as it streamed, and once.
            Assert.True(lines.Count(line => line.Kind == "delta") > 1, "no delta came");
            var text = Assert.Single(lines, line => line.Kind == "text").Text;
            var streamed = string.Concat(lines.TakeWhile(line => line.Kind != "text").Where(line => line.Kind == "delta").Select(line => line.Text));
            Assert.Equal(text, streamed);
        });

        // One turn at a time, wherever its messages come from.
        var sent = await Task.WhenAll(Enumerable.Range(2, 3).Select(number => LabDriver.TextAsync(copies.Labs[number - 2], LabDriver.Send(session, $"m{number}", $"[[say {number}]]"))));
        Assert.All(sent, outcome => Assert.Contains(outcome, (string[])["Started", "Queued"]));
        await Eventually.True(async () => (await copies.EventsAsync(session)).Count(each => each.Data is TurnFinished) == 4, "all four are answered");
        Bench.Orderly(await copies.EventsAsync(session));

        // Stopped on a copy where it does not run.
        Assert.Equal("Started", await LabDriver.TextAsync(copies.Labs[0], LabDriver.Send(session, "m5", "[[pace 20]] [[long 5000]]")));
        await LabDriver.TextAsync(copies.Labs[1], $"/driver/cancel?session={session}");
        Assert.Equal(SessionStatus.Cancelled, (await copies.SessionAsync(session)).Status);

        // 61 requests of one person over all copies, five of whose minute were sent above: 60 pass.
        var key = await LabDriver.TextAsync(copies.Labs[0], "/driver/key");
        using var stranger = new HttpClient();
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", key);
        stranger.DefaultRequestHeaders.Add("X-Alumia-Org", DemoLab.Slug);
        stranger.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        var answers = await Task.WhenAll(Enumerable.Range(1, 61).Select(async number =>
        {
            var body = new { messages = new[] { new { id = $"k{number}", role = "user", parts = new[] { new { type = "text", text = "[[say yes]]" } } } } };
            using var answer = await stranger.PostAsJsonAsync(new Uri(copies.Labs[number % 3].Address, "/api/v1/chat"), body, Ended);
            return (Status: (int)answer.StatusCode, Body: await answer.Content.ReadAsStringAsync(Ended));
        }));
        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 429, $"{answer.Status}: {answer.Body}\n{string.Join('\n', copies.Labs.Select(lab => lab.Output))}"));
        Assert.Equal(60 - 5, answers.Count(answer => answer.Status == 200));
    }

    [Fact]
    public async Task A_copy_that_is_told_to_stop_hands_its_turns_to_the_others()
    {
        await using var copies = await Copies.StartAsync(2, new() { ["Cluster:DrainSeconds"] = "0.5" });
        var session = await LabDriver.TextAsync(copies.Labs[0], "/driver/new");
        await LabDriver.TextAsync(copies.Labs[0], LabDriver.Send(session, "m1", "[[pace 20]] [[long 500]]"));
        await Copies.WatchAsync(copies.Labs[0], session, line => line.Kind == "delta");
        var parked = await LabDriver.TextAsync(copies.Labs[0], "/driver/new");
        await LabDriver.TextAsync(copies.Labs[0], LabDriver.Send(parked, "m1", "[[status 429 1 x1]] [[say awake]]"));

        Assert.Equal(0, await copies.Labs[0].StopAsync());

        foreach (var left in (string[])[session, parked])
            await Eventually.True(async () => (await copies.SessionAsync(left)).Status == SessionStatus.Idle, "another copy has answered", TimeSpan.FromSeconds(120));
        var events = await copies.EventsAsync(session);
        Bench.Orderly(events);
        Assert.Single(events, each => each.Data is TurnResumed);
        Assert.Contains(events, each => each.Data is TurnFinished);
    }
}
