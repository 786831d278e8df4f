using Alumia.Lab.Mcp;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>Calls of an agent to a server that answers, says no, takes long, breaks off and goes away.</summary>
[Collection(McpLabs.Name)]
public sealed class McpCallTests(McpLabs labs)
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Progress_is_told_while_it_runs_and_a_cancelled_call_is_cancelled_at_the_server()
    {
        var bench = await labs.NewAsync();
        bench.Server.Tools = [TestMcpServer.Tool("hang", "Hangs.")];
        await bench.AddAsync();
        await bench.AllowAsync("acme.hang");
        var session = await bench.Bench.NewSessionAsync();
        await bench.Bench.SendAsync(session, "[[tool acme.hang {}]]");
        await Eventually.True(async () => (await bench.Bench.EventsAsync<ToolOutputWritten>(session)).Any(output => output.Text == "1 of 2: half way\n"), "its progress is told");
        Assert.Equal(SessionStatus.Active, await bench.Bench.StatusAsync(session));

        await bench.Bench.Conversations.CancelAsync(bench.Bench.Scope, session, Ended);
        await bench.Bench.UntilAsync(session, SessionStatus.Cancelled);

        Assert.Equal(ToolEnding.Cancelled, Assert.Single(await bench.Bench.EventsAsync<ToolFinished>(session)).Ending);
        var cancelled = await Eventually.Value(() => bench.Server.Received("notifications/cancelled"), all => all.Count > 0, "the server is told");
        Assert.Equal(bench.Server.Received("tools/call")[0]["id"]!.ToJsonString(), cancelled[0]["params"]!["requestId"]!.ToJsonString());
        // The connection is as good as before.
        bench.Server.Free();
        Assert.Contains("done", await bench.Bench.AskAsync(await bench.Bench.NewSessionAsync(), "[[tool acme.hang {}]]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_server_says_reaches_the_model_as_data_and_its_no_as_the_tools_error()
    {
        var bench = await labs.NewAsync(key: "sk-canary-77");
        bench.Server.Tools = [TestMcpServer.Tool("fail", "Fails."), TestMcpServer.Tool("talk", "Talks.")];
        await bench.AddAsync("sk-canary-77");

        var said = (await (await bench.ToolAsync("talk")).CallAsync(new { }, bench.Context)).Result;
        Assert.Matches("(?s)^<untrusted id=\"[0-9a-f]{16}\" source=\"talk of the MCP server Acme\">.*ignore all that was said before ‹/untrusted", said);
        var error = (await (await bench.ToolAsync("fail")).CallAsync(new { }, bench.Context)).Error;
        Assert.Contains("It broke, said Bearer (key)", error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_goes_away_is_failed_with_the_reason_tried_again_by_itself_and_at_once_by_the_card()
    {
        var bench = await labs.NewAsync();
        bench.Server.Tools = [TestMcpServer.Tool("die", "Dies."), TestMcpServer.Tool("talk", "Talks.")];
        await bench.AddAsync();
        var (die, talk) = (await bench.ToolAsync("die"), await bench.ToolAsync("talk"));
        await talk.CallAsync(new { }, bench.Context);
        bench.Server.IsAway = true;

        Assert.Contains("Whether the call had an effect is not known", (await die.CallAsync(new { }, bench.Context)).Error, StringComparison.Ordinal);
        var failed = await bench.UntilAsync(line => line.Status == McpStatus.Failed && line.Reason.Contains("503", StringComparison.Ordinal), "it is failed, and was tried again");
        var trouble = Assert.Single(await bench.TroublesAsync());
        Assert.Equal(("mcp_server_failed", "MCP server failed: Acme", "Try again now"), (trouble.Kind, trouble.Title, trouble.Fixes[0].Label));
        var log = bench.Bench.Lab.Services.GetRequiredService<TroubleLog>();
        Assert.Contains("It failed again: it answered 503", (await Assert.ThrowsAsync<Refusal>(() => log.ApplyAsync(bench.Bench.Scope, trouble.Id, "Try again now", Ended))).Message, StringComparison.Ordinal);
        Assert.Contains("The MCP server Acme failed: it answered 503", (await talk.CallAsync(new { }, bench.Context)).Error, StringComparison.Ordinal);

        bench.Server.IsAway = false;
        await bench.UntilAsync(line => line.Status == McpStatus.Connected, "it works again by itself");
        Assert.Empty(await bench.TroublesAsync());
        Assert.Equal("Acme works again", Assert.Single(await log.HealedAsync(bench.Bench.Scope, [], 10, Ended)).HealedBy);
        await talk.CallAsync(new { }, bench.Context);
        Assert.Equal(failed.Id, (await bench.LineAsync()).Id);
    }
}
