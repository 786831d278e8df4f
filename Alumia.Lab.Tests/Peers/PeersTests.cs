using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Peers;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;
using static Alumia.Lab.Tests.Peers.PeerBench;

namespace Alumia.Lab.Tests.Peers;

/// <summary>Messages between agents: sent, delivered, answered.</summary>
public sealed class PeersTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_message_wakes_an_idle_peer_whose_answer_goes_back_to_who_waits_for_it(StorageProvider provider)
    {
        var peers = await PeerBench.NewAsync(await labs.OnAsync(provider));
        var (ala, atlas) = (await peers.SessionAsync("Ala"), await peers.SessionAsync("Atlas"));

        await peers.SendAsync(ala, $"{Tell("Atlas", $"{Call("wait", new { seconds = 0.5 })} [[say 42]]")} {Check()}");
        await peers.UntilAsync(ala, SessionStatus.Idle);

        Assert.Contains(await peers.Bench.EventsAsync<StatusChanged>(ala), moved => moved.To == SessionStatus.AwaitingPeer);
        Assert.StartsWith("Sent to Atlas, which is idle", (await peers.CallsAsync(ala, "message_agent"))[0].Result, StringComparison.Ordinal);
        Assert.EndsWith("From Atlas, in answer to you:\n42", (await peers.CallsAsync(ala, "check_messages"))[0].Result, StringComparison.Ordinal);
        var turn = Assert.Single(await peers.PeersTurnsAsync(atlas));
        Assert.Equal(("Ala", ala, peers.Bench.Scope.UserId), (turn.From!.Name, turn.From.SessionId, turn.UserId));
        var messages = await peers.MessagesAsync();
        Assert.Equal([(PeerMessageKind.Message, ala, atlas), (PeerMessageKind.Answer, atlas, ala)], messages.Select(message => (message.Kind, message.FromSessionId, message.ToSessionId)));
        Assert.All(messages, message => Assert.NotNull(message.DeliveredAtMs));
        Assert.Empty(await peers.PeersTurnsAsync(ala));
        await peers.Bench.AssertOrderlyAsync(ala);
        await peers.Bench.AssertOrderlyAsync(atlas);
    }

    [Theory, BothProviders]
    public async Task Who_does_not_wait_gets_the_answer_as_a_new_turn_and_nobody_answers_an_answer(StorageProvider provider)
    {
        var peers = await PeerBench.NewAsync(await labs.OnAsync(provider));
        var (ala, atlas) = (await peers.SessionAsync("Ala"), await peers.SessionAsync("Atlas"));

        await peers.SendAsync(ala, $"{Tell("atlas", "[[say 42]]")} [[say I asked]]");
        await Eventually.Value(() => peers.Bench.EventsAsync<TurnFinished>(ala), finished => finished.Count == 2, "the answer was read");

        var turn = Assert.Single(await peers.PeersTurnsAsync(ala));
        Assert.Equal((true, "42"), (turn.From!.IsAnswer, turn.Text));
        Assert.Equal("Atlas answered:\n\n42", await peers.Bench.TextAsync(ala));
        Assert.Equal(2, (await peers.MessagesAsync()).Count);
        await peers.UntilAsync(atlas, SessionStatus.Idle);
    }

    [Theory, BothProviders]
    public async Task A_busy_peer_reads_its_messages_when_it_looks_or_when_its_turn_ends(StorageProvider provider)
    {
        var peers = await PeerBench.NewAsync(await labs.OnAsync(provider));
        var (ala, atlas) = (await peers.SessionAsync("Ala"), await peers.SessionAsync("Atlas"));
        // It is parked and not at rest: nothing begins in it, and what comes waits.
        await peers.SendAsync(atlas, $"{Check("Boreas", 600)} {Check(seconds: 0)} {Check("Ala", 0.1)}");
        await peers.UntilAsync(atlas, SessionStatus.Idle); // There is no Boreas.
        var first = await peers.CallsAsync(atlas, "check_messages");
        Assert.Equal([ToolEnding.Error, ToolEnding.Ok, ToolEnding.Ok], first.Select(call => call.Ending));
        Assert.Equal("No messages, and nobody owes you an answer.", first[1].Result);
        Assert.Matches("^No message came within 0 s. Atlas waits for Ala since .* Ala is idle, nothing to read since .* Ala will not answer by itself.$", first[2].Result);
        await peers.SessionAsync("Boreas");
        await peers.SendAsync(atlas, $"{Check("Boreas", 600)} {Check("Ala", 0)} [[say done]]");
        await peers.UntilAsync(atlas, SessionStatus.AwaitingPeer);

        await peers.SendAsync(ala, $"{Tell("Atlas", "one")} {Tell("Atlas", "two")} [[say sent]]");
        await peers.UntilAsync(ala, SessionStatus.Idle);
        Assert.Equal(2, (await peers.MessagesAsync()).Count(message => message.DeliveredAtMs is null));
        await peers.SendAsync(atlas, "[[say later]]"); // A person's message ends the wait.
        await Eventually.Value(() => peers.Bench.EventsAsync<TurnFinished>(atlas), finished => finished.Count == 3, "both turns ended");

        var checks = await peers.CallsAsync(atlas, "check_messages");
        Assert.Contains("A person wrote to you meanwhile", checks[^2].Result, StringComparison.Ordinal);
        Assert.EndsWith("From Ala, a message:\none\n\nFrom Ala, a message:\ntwo", checks[^1].Result, StringComparison.Ordinal);
        Assert.Empty(await peers.PeersTurnsAsync(atlas));
        Assert.Equal([1L, 2L], (await peers.MessagesAsync()).Where(message => message.ToSessionId == atlas).Select(message => message.Number));
        Assert.Equal("done", (await peers.MessagesAsync()).Single(message => message.FromSessionId == atlas).Text);
    }

    [Theory, BothProviders]
    public async Task An_agent_that_answers_by_a_message_answers_once_and_one_that_fails_says_so(StorageProvider provider)
    {
        var peers = await PeerBench.NewAsync(await labs.OnAsync(provider));
        var (ala, atlas) = (await peers.SessionAsync("Ala"), await peers.SessionAsync("Atlas"));

        await peers.SendAsync(ala, $"{Tell("Atlas", $"{Tell("Ala", "it is 42")} [[say I told it]]")} {Check()}");
        await peers.UntilAsync(ala, SessionStatus.Idle);
        await peers.UntilAsync(atlas, SessionStatus.Idle);
        Assert.EndsWith("From Atlas, in answer to you:\nit is 42", (await peers.CallsAsync(ala, "check_messages"))[0].Result, StringComparison.Ordinal);
        Assert.Equal([PeerMessageKind.Message, PeerMessageKind.Reply], (await peers.MessagesAsync()).Select(message => message.Kind));

        await peers.SendAsync(ala, $"{Tell("Atlas", "[[status 400]]")} {Check()}");
        await Eventually.Value(() => peers.CallsAsync(ala, "check_messages"), calls => calls.Count == 2, "the notice has come");
        Assert.Contains("(Atlas could not answer: ", (await peers.CallsAsync(ala, "check_messages"))[1].Result, StringComparison.Ordinal);
        await peers.UntilAsync(atlas, SessionStatus.Failed);
        // A new message is a new beginning.
        await peers.UntilAsync(ala, SessionStatus.Idle);
        await peers.SendAsync(ala, $"{Tell("Atlas", "[[say here again]]")} {Check()}");
        await Eventually.Value(() => peers.CallsAsync(ala, "check_messages"), calls => calls.Count == 3, "the answer has come");
        Assert.EndsWith("here again", (await peers.CallsAsync(ala, "check_messages"))[2].Result, StringComparison.Ordinal);
        await peers.Bench.AssertOrderlyAsync(atlas);
    }

    [Theory, BothProviders]
    public async Task To_ask_an_agent_that_is_not_at_work_begins_it_and_one_of_no_name_is_made_with_its_makers_rights(StorageProvider provider)
    {
        var peers = await PeerBench.NewAsync(await labs.OnAsync(provider));
        var ala = await peers.SessionAsync("Ala");
        var name = $"Cato{Guid.NewGuid():N}"[..12];
        var agents = peers.Bench.Lab.Services.GetRequiredService<AgentDirectory>();
        await agents.SetToolAsync(peers.Bench.Scope, peers.Bench.Ala.Id, "list_blocks", ToolRight.Off, Ended);
        try
        {
            await peers.SendAsync(ala, $"Ask {name} to find out what time it is");
            await peers.UntilAsync(ala, SessionStatus.Idle);

            Assert.Contains($"{name} answered:\n\nThe clock says:", await peers.Bench.TextAsync(ala), StringComparison.Ordinal);
            var session = Assert.Single(await peers.SessionsAsync(name));
            Assert.Equal("find out what time it is", session.Label);
            var made = await peers.AgentAsync(name);
            Assert.Contains("list_blocks", made.ToolsOff);
            Assert.Equal(peers.Bench.Ala.ModelId, made.ModelId);
            // The second time it is there.
            await peers.SendAsync(ala, $"Ask {name} to find out what time it is");
            await Eventually.Value(() => peers.CallsAsync(ala, "check_messages"), calls => calls.Count == 2, "it answered again");
            Assert.Single(await peers.SessionsAsync(name));
        }
        finally
        {
            await agents.SetToolAsync(peers.Bench.Scope, peers.Bench.Ala.Id, "list_blocks", null, Ended);
        }
    }

    [Fact]
    public async Task Nobody_messages_whom_it_may_not_or_makes_an_agent_that_may_more_than_itself()
    {
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        var peers = await PeerBench.NewAsync(bench);
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        var (ala, atlas, kept) = (await peers.SessionAsync("Ala"), await peers.AgentAsync("Atlas"), $"Kept{Guid.NewGuid():N}"[..12]);
        await peers.SessionAsync("Boreas");
        await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "list_blocks", ToolRight.Ask, Ended);
        await agents.SetPeersAsync(bench.Scope, bench.Ala.Id, [atlas.Id], Ended);
        await Assert.ThrowsAsync<Refusal>(() => agents.SetPeersAsync(bench.Scope, bench.Ala.Id, ["agt_nobody"], Ended));
        var dear = bench.Lab.Services.GetRequiredService<ModelCatalogue>().Models.First(model => !model.IsFree).Id;

        try
        {
            await peers.SendAsync(ala, string.Join(' ',
                Tell("Boreas", "hello"), Spawn("Atlas", "hello"), Spawn(kept, "[[say here]]"), Tell(kept, "[[say again]]"),
                Call("create_agent", new { name = "Dear", instructions = "Be dear.", model = dear }), Tell("Nobody", "hello"), "[[say done]]"));
            await Eventually.Value(() => peers.CallsAsync(ala, "message_agent"), calls => calls.Count == 3, "all calls ended");

            var (told, spawned) = (await peers.CallsAsync(ala, "message_agent"), await peers.CallsAsync(ala, "spawn_agent"));
            Assert.Equal("Ala may not message Boreas: the settings of Ala name whom it may.", told[0].Result);
            Assert.StartsWith("Atlas may use list_blocks more freely than you.", spawned[0].Result, StringComparison.Ordinal);
            // What it made itself it may message, and that has its rights and its peers.
            Assert.Equal((ToolEnding.Ok, ToolEnding.Ok), (spawned[1].Ending, told[1].Ending));
            var made = await peers.AgentAsync(kept);
            Assert.Equal((ToolRight.Ask, bench.Ala.ModelId), (made.Chosen("list_blocks"), made.ModelId));
            Assert.Equal([atlas.Id], made.AllowedPeers);
            Assert.Contains("is dearer than your own", Assert.Single(await peers.CallsAsync(ala, "create_agent")).Result, StringComparison.Ordinal);
            Assert.StartsWith("There is no agent named Nobody.", told[2].Result, StringComparison.Ordinal);
            Assert.DoesNotContain(await peers.MessagesAsync(), message => message.Text == "hello");
        }
        finally
        {
            await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "list_blocks", null, Ended);
            await agents.SetPeersAsync(bench.Scope, bench.Ala.Id, null, Ended);
        }
    }
}
