using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using static Alumia.Lab.Tests.Peers.PeerBench;

namespace Alumia.Lab.Tests.Peers;

/// <summary>Chains of agents that run away are stopped.</summary>
public sealed class PeerLimitTests
{
    [Fact]
    public async Task Depth_number_and_messages_a_minute_are_limited_with_a_clear_reason()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new()
        {
            ["Peers:MaxDepth"] = "2",
            ["Peers:MaxSpawned"] = "3",
            ["Peers:MaxCreated"] = "1",
            ["Peers:MessagesPerMinutePerPair"] = "3",
            ["Peers:MessagesPerMinute"] = "5",
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
}
