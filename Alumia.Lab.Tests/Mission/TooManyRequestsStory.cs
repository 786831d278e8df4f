using System.Globalization;
using System.Net;
using System.Text.Json;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Mission;

/// <summary>"429 TOO_MANY_REQUESTS": sixty pass, the next is refused to the letter, and who waits as told passes, a program and a person alike.</summary>
internal static class TooManyRequestsStory
{
    private const int Most = 60;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(90);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task TellAsync(Newcomer she)
    {
        // Another's messages are not counted among hers; and hers must be there before the minute begins.
        await she.BeginAsync("Hello [[say Hello.]]");
        await Demo.StatusAsync(she.Page, "idle");
        using var program = await she.ProgramAsync();

        // Her first message may have counted in this minute: it is one of the sixty.
        var answers = await Task.WhenAll(Enumerable.Range(0, Most).Select(i => AskAsync(program, $"m{i}")));
        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.OK), Most - 1, Most);
        var passed = $"m{Array.FindIndex(answers, answer => answer.Status == HttpStatusCode.OK)}";
        while (answers.All(answer => answer.Status == HttpStatusCode.OK))
            answers = [await AskAsync(program, "one more")];
        var refused = answers.First(answer => answer.Status != HttpStatusCode.OK);
        Assert.Equal(429, (int)refused.Status);
        var wait = JsonSerializer.Deserialize<JsonElement>(refused.Body).GetProperty("retryAfterMs").GetInt64();
        Assert.InRange(wait, 1, 60_000);
        Assert.Equal(FormattableString.Invariant($"{{\"error\":\"Too many requests\",\"retryAfterMs\":{wait}}}"), refused.Body);
        Assert.Equal((wait + 999) / 1000, refused.RetryAfter);
        // "Other endpoints have their own limits."
        using (var other = await program.GetAsync("/api/v1/projects", Ended))
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        // "Replays of the same conversation cost one request, not N": this one passes where nothing else does.
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(program, passed)).Status);

        await InTheLabAsync(she, () => RetryAsync(program));
    }

    /// <summary>The person's message counts down and sends itself, while the program backs off.</summary>
    private static async Task InTheLabAsync(Newcomer she, Func<Task> meanwhile)
    {
        var page = she.Page;
        await Demo.Message(page).FillAsync("Do you hear me? [[say I hear you.]]");
        await Demo.Send(page).ClickAsync();
        var card = page.GetByRole(AriaRole.Region, new() { Name = "Too many requests" });
        await Assertions.Expect(card).ToContainTextAsync("The chat takes 60 messages a minute.");
        var seconds = await card.GetByRole(AriaRole.Timer).TextContentAsync();
        await Assertions.Expect(card.GetByRole(AriaRole.Timer)).Not.ToHaveTextAsync(seconds!);
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync("Do you hear me? [[say I hear you.]]");
        await card.GetByRole(AriaRole.Button, new() { Name = "Do not send" }).ClickAsync();
        await Assertions.Expect(card).ToHaveCountAsync(0);
        await Demo.Send(page).ClickAsync();
        await Assertions.Expect(card).ToBeVisibleAsync();
        var section = await she.SectionAsync("429 TOO_MANY_REQUESTS", "too_many_requests");
        await Assertions.Expect(section.Card).ToContainTextAsync($"{she.Org} sent more than 60 messages in a minute");

        await meanwhile();

        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("I hear you.", new() { Timeout = (float)_limit.TotalMilliseconds });
        await Assertions.Expect(card).ToHaveCountAsync(0);
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync("");
        await Newcomer.HealedAsync(section, "Too many requests");
    }

    /// <summary>"Wait for Retry-After to elapse and retry": a program that asks again when it was told to, and gets its answer.</summary>
    private static async Task RetryAsync(HttpClient program)
    {
        var due = TimeProvider.System.GetTimestamp();
        var last = new Answer(HttpStatusCode.TooManyRequests, "", 0);
        var asked = 0;
        await Eventually.True(async () =>
        {
            if (TimeProvider.System.GetElapsedTime(due).TotalSeconds < last.RetryAfter)
                return false;
            last = await AskAsync(program, "late");
            (due, asked) = (TimeProvider.System.GetTimestamp(), asked + 1);
            return last.Status == HttpStatusCode.OK;
        }, "a program that honours Retry-After passes", _limit);
        // The first is told how long; the lab's person may take the first place that is free.
        Assert.InRange(asked, 2, 5);
    }

    private static async Task<Answer> AskAsync(HttpClient program, string message)
    {
        using var answer = await program.PostAsync("[[pace 0]] Hello", message, $"chat-{message}");
        var after = answer.Headers.TryGetValues("Retry-After", out var values) ? long.Parse(values.Single(), CultureInfo.InvariantCulture) : 0;
        return new Answer(answer.StatusCode, await answer.Content.ReadAsStringAsync(Ended), after);
    }

    /// <param name="Status">The answer's.</param>
    /// <param name="Body">The whole.</param>
    /// <param name="RetryAfter">Its header, in seconds.</param>
    private sealed record Answer(HttpStatusCode Status, string Body, long RetryAfter);
}
