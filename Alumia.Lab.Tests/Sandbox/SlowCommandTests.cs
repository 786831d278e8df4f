using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Troubles;

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

        // It is told a second after its beginning, and again as it goes on: by then it has printed.
        var all = await Eventually.Value(() => bench.TroublesAsync(session), all => all.Count > 0 && Fact(all[0], "Last printed") == "begun" && Fact(all[0], "Processor") is not null, "the slow command is told");
        var trouble = Assert.Single(all);
        Assert.Equal(("slow_tool", "run_command is slow"), (trouble.Kind, trouble.Title));
        Assert.EndsWith(word, Fact(trouble, "Processor"), StringComparison.Ordinal);
        Assert.Equal(["Cancel call", "Cancel session", "Cancel and edit prompt", "Disable tool"], trouble.Fixes.Select(fix => fix.Label));
        await bench.Conversations.CancelAsync(bench.Scope, session, TestContext.Current.CancellationToken);
    }

    private static string? Fact(Trouble trouble, string label) => trouble.Evidence.SingleOrDefault(each => each.Label == label)?.Value;
}
