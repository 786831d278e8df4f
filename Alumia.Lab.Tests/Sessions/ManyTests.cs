using Alumia.Lab.Offline.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>Many sessions at once, and cancels at any moment.</summary>
public sealed class ManyTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Fifty_sessions_at_once_all_answer_and_keep_their_order(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var sessions = await Task.WhenAll(Enumerable.Range(0, Soak.Count(50, 500)).Select(_ => bench.NewSessionAsync()));

        await Task.WhenAll(sessions.Select(session => bench.SendAsync(session, "[[tool current_time {}]] [[long 60]] [[pace 15]] about ships")));

        foreach (var session in sessions)
        {
            await bench.UntilAsync(session, SessionStatus.Idle);
            await bench.AssertOrderlyAsync(session);
            Assert.Equal(Prose.AtLength("ships", 60), await bench.TextAsync(session));
        }
    }

    [Theory, BothProviders]
    public async Task A_cancel_at_any_moment_ends_the_turn_and_nothing_of_it_comes_later(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var requests = bench.Lab.Services.GetRequiredService<ProviderRequests>();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        Figures.Print($"seed of the cancels: {seed}");
        foreach (var together in Enumerable.Range(0, Soak.Count(30, 300)).Chunk(30))
            await Task.WhenAll(together.Select(i => CancelAsync(bench, i, random.Next(0, 400))));

        var open = await Eventually.Value(() => requests.Recent().Where(request => request.How is null).ToList(), running => running.Count == 0, "the provider's streams are closed");
        Assert.Empty(open);
        Assert.Contains(requests.Recent(), request => request.How == "client-closed");
    }

    [Theory, BothProviders]
    public async Task A_late_event_of_an_ended_turn_is_refused(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[long 400]] [[pace 20]]", "m1");
        var stale = await bench.Conversations.FindAsync(bench.Scope, session, Ended);
        await bench.Conversations.CancelAsync(bench.Scope, session, Ended);
        await bench.AskAsync(session, "[[say clean]]");
        var now = await bench.Conversations.FindAsync(bench.Scope, session, Ended);

        await Assert.ThrowsAsync<SupersededException>(() => bench.WriteAsync(tx => SessionRows.Advance(tx, session, stale.Epoch, now.LastSequence, now.LastSequence + 1, SessionStatus.Active)));
        await Assert.ThrowsAsync<SupersededException>(() => bench.WriteAsync(tx => SessionRows.SaveOpenStep(tx, session, stale.Epoch, stale.TurnId!, 1, "", "", "[]", 1)));

        Assert.Equal(now.LastSequence, (await bench.Conversations.FindAsync(bench.Scope, session, Ended)).LastSequence);
    }

    private static async Task CancelAsync(Bench bench, int number, int characters)
    {
        var session = await bench.NewSessionAsync();
        // Some are cancelled at once, some while a tool runs, some in the middle of the answer.
        await bench.SendAsync(session, number % 3 == 1 ? """[[tool wait {"seconds":300}]]""" : "[[long 400]] [[pace 10]] about ships", "m1");
        if (number % 3 == 1 && characters > 100)
            await Eventually.Value(() => bench.EventsAsync<ToolStarted>(session), started => started.Count > 0, "the tool runs");
        else if (number % 3 == 2)
            await bench.UntilStreamedAsync(session, characters);

        Assert.True(await bench.Conversations.CancelAsync(bench.Scope, session, Ended));

        Assert.Equal(SessionStatus.Cancelled, await bench.StatusAsync(session));
        var ended = await bench.EventsAsync(session);
        Assert.Equal(("clean", 1), (await bench.AskAsync(session, "[[say clean]]"), (await bench.EventsAsync<TurnFailed>(session)).Count));
        Assert.Equal(ended.Count, (await bench.EventsAsync(session)).Count(each => each.TurnId == ended[0].TurnId));
        await bench.AssertOrderlyAsync(session);
        if (number % 3 == 2)
            Assert.True((await bench.TextAsync(session, ended[0].TurnId)).Length >= characters, "What was seen is kept");
        Assert.DoesNotContain(await bench.TroublesAsync(session), trouble => trouble.HealedAtMs is null);
    }
}
