using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;
using static Alumia.Lab.Tests.Peers.PeerBench;

namespace Alumia.Lab.Tests.Peers;

/// <summary>Chains of agents that run away are stopped, and nobody makes an agent that may more than itself.</summary>
public sealed class PeerLimitTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Depth_number_and_messages_a_minute_are_limited_with_a_clear_reason()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new()
        {
            ["Peers:MaxDepth"] = "2", ["Peers:MaxSpawned"] = "3", ["Peers:MaxCreated"] = "1", ["Peers:MessagesPerMinutePerPair"] = "3", ["Peers:MessagesPerMinute"] = "5",
        });
        var peers = await PeerBench.NewAsync(bench);
        await peers.AgentAsync("Deep");
        var ala = await peers.SessionAsync("Ala");

        // Ala spawns one that spawns one that spawns one.
        await peers.SendAsync(ala, $"{Spawn("Deep", $"{Spawn("Deep", $"{Spawn("Deep", "[[say too deep]]")} [[say second]]")} [[say first]]")} {Check()}");
        await Eventually.Value(() => peers.SessionsAsync("Deep"), sessions => sessions.Count == 2, "two were spawned");
        var second = (await peers.SessionsAsync("Deep"))[1].Id;
        await Eventually.Value(() => peers.CallsAsync(second, "spawn_agent"), calls => calls.Count == 1, "the third was refused");
        Assert.Contains("2 is the limit", (await peers.CallsAsync(second, "spawn_agent"))[0].Result, StringComparison.Ordinal);

        await peers.UntilAsync(ala, SessionStatus.Idle);
        await peers.SendAsync(ala, $"{Spawn(null, "[[say mine]]")} {Spawn(null, "[[say mine]]")} {Call("create_agent", new { name = "Kept", instructions = "Be kept." })} {Call("create_agent", new { name = "Kept too", instructions = "Be kept." })} [[say done]]");
        await Eventually.Value(() => peers.CallsAsync(ala, "create_agent"), calls => calls.Count == 2, "all calls ended");
        var spawned = await peers.CallsAsync(ala, "spawn_agent");
        Assert.Equal([ToolEnding.Ok, ToolEnding.Ok, ToolEnding.Error], spawned.Select(call => call.Ending));
        Assert.Contains("3 sessions were spawned from this conversation", spawned[2].Result, StringComparison.Ordinal);
        Assert.Contains("1 agents were created", (await peers.CallsAsync(ala, "create_agent"))[1].Result, StringComparison.Ordinal);

        var boreas = await peers.SessionAsync("Boreas");
        var writer = await peers.SessionAsync("Cato");
        await peers.SendAsync(writer, $"{string.Join(' ', Enumerable.Range(1, 4).Select(number => Tell(boreas, $"[[say {number}]]")))} {string.Join(' ', Enumerable.Range(1, 3).Select(number => Tell("Ala", $"[[say {number}]]")))} [[say done]]");
        var told = await Eventually.Value(() => peers.CallsAsync(writer, "message_agent"), calls => calls.Count == 7, "all calls ended");
        Assert.Equal([true, true, true, false, true, true, false], told.Select(call => call.Ending == ToolEnding.Ok));
        Assert.Contains("You sent Boreas 3 messages in the last minute", told[3].Result, StringComparison.Ordinal);
        Assert.Contains("You sent 5 messages in the last minute", told[6].Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_messages_whom_it_may_not_or_makes_an_agent_that_may_more_than_itself()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite);
        var peers = await PeerBench.NewAsync(bench);
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        var (ala, atlas, boreas) = (await peers.SessionAsync("Ala"), await peers.AgentAsync("Atlas"), await peers.AgentAsync("Boreas"));
        await peers.SessionAsync("Boreas");
        await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "list_blocks", ToolRight.Ask, Ended);
        await agents.SetPeersAsync(bench.Scope, bench.Ala.Id, [atlas.Id], Ended);
        await Assert.ThrowsAsync<Refusal>(() => agents.SetPeersAsync(bench.Scope, bench.Ala.Id, ["agt_nobody"], Ended));
        var dear = bench.Lab.Services.GetRequiredService<ModelCatalogue>().Models.First(model => !model.IsFree).Id;

        await peers.SendAsync(ala, string.Join(' ',
            Tell("Boreas", "hello"), Spawn("Atlas", "hello"), Spawn("Kept", "[[say here]]"), Tell("Kept", "[[say again]]"),
            Call("create_agent", new { name = "Dear", instructions = "Be dear.", model = dear }), Tell("Nobody", "hello"), "[[say done]]"));
        await Eventually.Value(() => peers.CallsAsync(ala, "message_agent"), calls => calls.Count == 3, "all calls ended");

        var (told, spawned) = (await peers.CallsAsync(ala, "message_agent"), await peers.CallsAsync(ala, "spawn_agent"));
        Assert.Equal("Ala may not message Boreas: the settings of Ala name whom it may.", told[0].Result);
        Assert.StartsWith("Atlas may use list_blocks more freely than you.", spawned[0].Result, StringComparison.Ordinal);
        // What it made itself it may message, and that has its rights and its peers.
        Assert.Equal((ToolEnding.Ok, ToolEnding.Ok), (spawned[1].Ending, told[1].Ending));
        var kept = await peers.AgentAsync("Kept");
        Assert.Equal((ToolRight.Ask, bench.Ala.ModelId), (kept.Chosen("list_blocks"), kept.ModelId));
        Assert.Equal([atlas.Id], kept.AllowedPeers);
        Assert.Contains("is dearer than your own", Assert.Single(await peers.CallsAsync(ala, "create_agent")).Result, StringComparison.Ordinal);
        Assert.StartsWith("There is no agent named Nobody.", told[2].Result, StringComparison.Ordinal);
        Assert.DoesNotContain(await peers.MessagesAsync(), message => message.Text == "hello");
    }

    private static string Spawn(string? agent, string task) =>
        Call("spawn_agent", new Dictionary<string, string?> { ["agent"] = agent, ["task"] = task }.Where(pair => pair.Value is not null).ToDictionary());
}
