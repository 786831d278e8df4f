using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sharing;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sharing;

/// <summary>The section "404 on /share/&lt;token&gt;" of the document: what a link that leads nowhere answers, whatever the cause.</summary>
public sealed partial class ShareGoneTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    [Fact]
    public async Task Whatever_the_cause_page_and_API_answer_404_with_the_same_words_headers_and_queries()
    {
        var owner = await People.FoundAsync(Lab, "gerda");
        var tokens = await DeadTokensAsync(owner);
        using var client = People.Anybody(Lab);
        List<Answer> pages = [], calls = [], older = [];
        using var queries = new Queries();
        // Whether somebody listens, EF asks once a second only.
        await Eventually.True(async () => (await AskAsync(client, "/share/none", queries)).Queries.Length > 0, "queries are heard");
        foreach (var (_, token) in tokens)
        {
            pages.Add(await AskAsync(client, $"/share/{token}", queries));
            calls.Add(await AskAsync(client, $"/api/v1/share/{token}", queries));
            older.Add(await AskAsync(client, $"/api/v1/share/lab/{token}", queries));
        }
        Assert.All(pages, page => Assert.Equal(pages[0], page));
        Assert.All(calls.Concat(older), call => Assert.Equal(calls[0], call));

        Assert.Equal(404, pages[0].Status);
        foreach (var cause in new[] { "Sharing was disabled on the project.", "The project was deleted.", "The token in the URL is wrong.", "re-enable sharing on <code>/&lt;orgSlug&gt;/lab/&lt;projectId&gt;</code>", "The system mints a new token; share that URL.", "href=\"/help/share\">Share a canvas</a>" })
            Assert.Contains(cause, pages[0].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", pages[0].Body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Blazor:", pages[0].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("sign-in", pages[0].Body, StringComparison.Ordinal);
        Assert.Equal(1, pages[0].Queries.Count(letter => letter == '\n'));
        Assert.Matches("^\\{\"error\":\\{\"code\":\"NOT_FOUND\",\"message\":\"[^\"]+\"\\}\\}$", calls[0].Body);
        Assert.Equal(404, calls[0].Status);
        foreach (var answer in new[] { pages[0], calls[0] })
        {
            Assert.Contains("Cache-Control: no-store\n", answer.Headers, StringComparison.Ordinal);
            Assert.Contains("X-Robots-Tag: noindex\n", answer.Headers, StringComparison.Ordinal);
            Assert.Contains("Referrer-Policy: no-referrer\n", answer.Headers, StringComparison.Ordinal);
            Assert.DoesNotContain("Set-Cookie", answer.Headers, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Contains("Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\n", pages[0].Headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_live_page_bears_the_same_headers_a_strict_policy_and_no_cookie_and_the_API_gives_its_data()
    {
        var share = await (await Shares.MakeAsync(Lab, "gloria")).OnAsync();
        await share.IdleAsync(await share.SayAsync("Hello"));
        await share.WriteAsync("Notes", "Read me");
        using var client = People.Anybody(Lab);
        using var page = await client.GetAsync(share.Path, Ct);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var headers = HeadersOf(page);
        foreach (var header in new[] { "Cache-Control: no-store", "X-Robots-Tag: noindex", "Referrer-Policy: no-referrer" })
            Assert.Contains(header + "\n", headers, StringComparison.Ordinal);
        Assert.Contains("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline';", headers, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", headers, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(72, share.Token.Length);
        Assert.Matches("^[A-Za-z0-9_-]{72}$", share.Token);

        var bodies = new[] { $"/api/v1/share/{share.Token}", $"/api/v1/share/lab/{share.Token}" }.Select(address => client.GetStringAsync(address, Ct).GetAwaiter().GetResult()).ToList();
        Assert.Equal(bodies[0], bodies[1]);
        var data = JsonDocument.Parse(bodies[0]).RootElement.GetProperty("data");
        Assert.Equal("Open house", data.GetProperty("project").GetProperty("name").GetString());
        Assert.Equal("Read me", data.GetProperty("blocks")[0].GetProperty("content").GetString());
        var turn = data.GetProperty("sessions")[0].GetProperty("turns")[0];
        Assert.Equal(("Member", "Hello", "Ala"), (turn.GetProperty("author").GetString(), turn.GetProperty("text").GetString(), turn.GetProperty("agent").GetString()));
        Assert.NotEmpty(turn.GetProperty("answer")[0].GetProperty("text").GetString()!);
    }

    [Fact]
    public async Task Who_may_share_gets_the_reason_and_a_button_that_shares_again_and_nobody_else_does()
    {
        var share = await (await Shares.MakeAsync(Lab, "greta")).OnAsync(SharedParts.Blocks);
        await People.JoinAsync(Lab, share.Owner, "gretas-member", OrgRole.Member);
        await People.FoundAsync(Lab, "grete");
        var dead = share.Path;
        await share.OffAsync();
        string[] pages = [];
        foreach (var other in new[] { "gretas-member", "grete" })
        {
            using var browser = await People.BrowseAsync(Lab, other);
            pages = [.. pages, await BodyAsync(browser, dead)];
        }
        using var anybody = People.Anybody(Lab);
        Assert.All(pages, page => Assert.Equal(BodyAsync(anybody, dead).GetAwaiter().GetResult(), page));

        using var owner = await People.BrowseAsync(Lab, "greta");
        var told = await BodyAsync(owner, dead);
        Assert.Contains("Sharing was switched off", told, StringComparison.Ordinal);
        var form = AgainForm().Match(told);
        using (var forged = await owner.PostAsync(dead + "/again", new FormUrlEncodedContent([]), Ct))
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var again = await owner.PostAsync(form.Groups["action"].Value, new FormUrlEncodedContent([new(form.Groups["name"].Value, form.Groups["token"].Value)]), Ct);
        Assert.Equal($"/greta/lab/{share.Project.Id}?share=open", again.Headers.Location!.OriginalString);
        var state = await share.Links.FindAsync(share.Owner, share.Project.Id, Ct);
        Assert.Equal(SharedParts.Blocks, state.Link!.Parts);
        Assert.NotEqual(dead, new Uri(state.Address!).AbsolutePath);
        using var old = await anybody.GetAsync(dead, Ct);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
        using var stranger = await anybody.PostAsync(dead + "/again", new FormUrlEncodedContent([]), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, stranger.StatusCode);
    }

    [Fact]
    public async Task A_link_that_is_off_and_still_asked_for_is_a_trouble_of_those_who_may_share_until_it_is_shared_again()
    {
        var share = await (await Shares.MakeAsync(Lab, "gunda")).OnAsync();
        var member = await People.JoinAsync(Lab, share.Owner, "gundas-member", OrgRole.Member);
        await share.OffAsync();
        using var client = People.Anybody(Lab);
        await BodyAsync(client, share.Path);
        await BodyAsync(client, share.Path);
        var troubles = Lab.Services.GetRequiredService<TroubleLog>();
        var trouble = (await Eventually.Value(() => troubles.OpenAsync(share.Owner, [share.Project.Id], Ct), open => open.Count == 1 && open[0].Evidence.Any(fact => fact.Value == "2 times"), "the trouble is raised"))[0];
        Assert.Equal("404 on /share/<token>", Lab.Services.GetServices<TroubleKind>().Single(kind => kind.Kind == trouble.Kind).Section);
        Assert.Equal("Share again", trouble.Fixes[0].Label);
        Assert.NotNull(trouble.FadesAtMs);
        Assert.Empty(await troubles.OpenAsync(member, [share.Project.Id], Ct));
        await Assert.ThrowsAsync<Refusal>(() => troubles.ApplyAsync(member, trouble.Id, "Share again", Ct));

        var outcome = await troubles.ApplyAsync(share.Owner, trouble.Id, "Share again", Ct);
        Assert.Equal($"/gunda/lab/{share.Project.Id}?share=open", outcome.GoTo);
        Assert.Empty(await troubles.OpenAsync(share.Owner, [share.Project.Id], Ct));
        Assert.NotNull((await share.Links.FindAsync(share.Owner, share.Project.Id, Ct)).Link);
    }

    /// <summary>One token for each cause.</summary>
    private async Task<IReadOnlyList<(string Cause, string Token)>> DeadTokensAsync(OrgScope owner)
    {
        var off = await (await Shares.MakeAsync(Lab, owner)).OnAsync();
        await off.OffAsync();
        var archived = await (await Shares.MakeAsync(Lab, owner)).OnAsync();
        await archived.Projects.ArchiveAsync(owner, archived.Project.Id, true, Ct);
        var deleted = await (await Shares.MakeAsync(Lab, owner)).OnAsync();
        await deleted.Projects.DeleteAsync(owner, deleted.Project.Id, Ct);
        var live = await (await Shares.MakeAsync(Lab, owner)).OnAsync();
        return
        [
            ("switched off", off.Token), ("archived", archived.Token), ("deleted", deleted.Token), ("never there", new string('x', 72)),
            ("one letter wrong", (live.Token[0] == 'a' ? "b" : "a") + live.Token[1..]), ("too short", "abc"), ("odd", "%25..%2F"),
        ];
    }

    private static async Task<Answer> AskAsync(HttpClient client, string address, Queries queries)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01" } } };
        using var answer = await client.SendAsync(request, Ct);
        return new Answer((int)answer.StatusCode, HeadersOf(answer), await answer.Content.ReadAsStringAsync(Ct), queries.Of(trace));
    }

    private static string HeadersOf(HttpResponseMessage answer) => string.Concat(answer.Headers.Concat(answer.Content.Headers)
        .Where(header => header.Key is not ("Date" or "RateLimit" or "Content-Length" or "Transfer-Encoding")).OrderBy(header => header.Key, StringComparer.Ordinal)
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}\n"));

    private static async Task<string> BodyAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address, Ct);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    [GeneratedRegex("<form method=\"post\" action=\"(?<action>[^\"]+)\">\\s*<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex AgainForm();

    private sealed record Answer(int Status, string Headers, string Body, string Queries);

    /// <summary>The database's commands of requests, by the trace that they were sent with.</summary>
    private sealed class Queries : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly ConcurrentQueue<(ActivityTraceId Trace, string Sql)> _seen = new();
        private readonly ConcurrentBag<IDisposable> _subscriptions = [];

        // Without anybody who takes traces, a request has none.
        private readonly ActivityListener _traces = new()
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref _) => ActivitySamplingResult.AllData,
        };

        public Queries()
        {
            ActivitySource.AddActivityListener(_traces);
            _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public string Of(ActivityTraceId trace) => string.Concat(_seen.Where(seen => seen.Trace == trace).Select(seen => seen.Sql.ReplaceLineEndings(" ") + "\n"));

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore")
                _subscriptions.Add(value.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is CommandExecutedEventData executed && Activity.Current is { } activity)
                _seen.Enqueue((activity.TraceId, executed.Command.CommandText));
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose()
        {
            foreach (var subscription in _subscriptions)
                subscription.Dispose();
            _traces.Dispose();
        }
    }
}
