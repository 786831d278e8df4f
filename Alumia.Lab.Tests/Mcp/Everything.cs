using Alumia.Lab.Agents;
using Alumia.Lab.Mcp;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>The reference server of npm, which has a tool for everything that the protocol can, and an agent that calls them all.</summary>
internal static class Everything
{
    public static readonly string Modules = Path.Combine(Repository.Root, "Alumia.Lab.Tests", "node_modules");
    public static readonly string Script = Path.Combine(Modules, "@modelcontextprotocol", "server-everything", "dist", "index.js");

    /// <summary>A call of each of its tools, and what the model is told of the answer.</summary>
    private static readonly (string Tool, string Arguments, string Answer)[] _calls =
    [
        ("echo", """{"message":"hello there"}""", "Echo: hello there"),
        ("get-annotated-message", """{"messageType":"success","includeImage":true}""", "[An image, image/png"),
        ("get-env", "{}", "PATH"),
        ("get-resource-links", """{"count":2}""", "[A link to a resource:"),
        ("get-resource-reference", """{"resourceType":"Text","resourceId":1}""", "[The resource demo://resource/dynamic/text/1]"),
        ("get-structured-content", """{"location":"Chicago"}""", "temperature"),
        ("get-sum", """{"a":19,"b":23}""", "42"),
        ("get-tiny-image", "{}", "[An image, image/png"),
        ("gzip-file-as-resource", """{"name":"a.gz","data":"data:text/plain,hello","outputType":"resource"}""", "a.gz"),
        ("simulate-research-query", """{"topic":"tea"}""", "tea"),
        ("toggle-simulated-logging", "{}", "logging"),
        ("toggle-subscriber-updates", "{}", "updates"),
        ("trigger-long-running-operation", """{"duration":3,"steps":3}""", "Long running operation completed"),
    ];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<Dictionary<string, string>> CallAllAsync(Bench bench)
    {
        var line = await LineAsync(bench);
        Assert.Equal(_calls.Select(call => $"everything.{call.Tool}"), line.Tools.Select(tool => tool.Name));
        Assert.All(line.Tools, tool => Assert.Equal("", tool.Fault));
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        foreach (var tool in line.Tools)
            await agents.SetToolAsync(bench.Scope, bench.Ala.Id, tool.Name, ToolRight.Allow, Ended);
        var session = await bench.NewSessionAsync();
        await bench.AskAsync(session, string.Join(' ', _calls.Select(call => $"[[tool everything.{call.Tool} {call.Arguments}]]")));
        var ends = await bench.EventsAsync<ToolFinished>(session);
        foreach (var (tool, _, answer) in _calls)
        {
            var end = Assert.Single(ends, end => end.Tool == $"everything.{tool}");
            Assert.True(end.Ending == ToolEnding.Ok && end.Result.Contains(answer, StringComparison.OrdinalIgnoreCase), $"{tool}: {end.Ending}, {end.Result}");
        }
        var progress = (await bench.EventsAsync<ToolOutputWritten>(session)).Select(output => output.Text).ToList();
        Assert.Contains("1 of 3\n", progress);
        // A task's words, some of which may pass between two questions.
        Assert.Contains(progress, text => text.Contains("Gathering", StringComparison.Ordinal) || text.Contains("Analyzing", StringComparison.Ordinal) || text.Contains("Synthesizing", StringComparison.Ordinal));
        return ends.ToDictionary(end => end.Tool.Split('.')[1], end => end.Result);
    }

    public static async Task CancelAsync(Bench bench)
    {
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[tool everything.trigger-long-running-operation {"duration":600,"steps":6000}]]""");
        await Eventually.True(async () => (await bench.EventsAsync<ToolOutputWritten>(session)).Count > 0, "its progress is told");
        await bench.Conversations.CancelAsync(bench.Scope, session, Ended);
        await bench.UntilAsync(session, SessionStatus.Cancelled);
        Assert.Equal(ToolEnding.Cancelled, Assert.Single(await bench.EventsAsync<ToolFinished>(session)).Ending);
    }

    public static Task<McpServerLine> ConnectedAsync(Bench bench) => Eventually.Value(() => LineAsync(bench), line => line.Status == McpStatus.Connected, "it is connected");

    public static async Task<McpServerLine> LineAsync(Bench bench) => Assert.Single(await bench.Lab.Services.GetRequiredService<McpServers>().ListAsync(bench.Scope, Ended));
}
