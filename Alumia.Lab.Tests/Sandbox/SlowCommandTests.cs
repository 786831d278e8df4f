using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>The first cause of the section "Agent stuck on a tool": a sandbox command that runs long, told with what its processes do.</summary>
public sealed class SlowCommandTests
{
    [Theory]
    [InlineData("echo begun; sleep 600", "they wait")]
    [InlineData("echo begun; while :; do :; done", "they work")]
    public async Task A_command_that_runs_long_is_named_with_what_it_printed_and_whether_its_processes_work(string command, string word)
    {
        Namespaces.Need();
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite, new() { ["Sessions:QuietSeconds"] = "1" });
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, $$"""[[tool run_command {"command":"{{command}}"}]]""");

        var trouble = (await Eventually.Value(() => bench.TroublesAsync(session), all => all.Count > 0, "the slow command is told"))[0];
        Assert.Equal(("slow_tool", "run_command is slow"), (trouble.Kind, trouble.Title));
        string Fact(string label) => trouble.Evidence.Single(each => each.Label == label).Value;
        Assert.Equal("begun", Fact("Last printed"));
        Assert.EndsWith(word, Fact("Processor"), StringComparison.Ordinal);
        Assert.Equal(["Cancel call", "Cancel session", "Cancel and edit prompt", "Disable tool"], trouble.Fixes.Select(fix => fix.Label));
        await bench.Conversations.CancelAsync(bench.Scope, session, TestContext.Current.CancellationToken);
    }
}
