using Alumia.Lab.Sandbox;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>The four tools in the turns of an agent.</summary>
public sealed class SandboxToolsTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task An_agent_writes_runs_reads_and_lists_and_a_code_other_than_zero_is_an_answer(StorageProvider provider)
    {
        Namespaces.Need();
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();

        await bench.AskAsync(session, """
            [[tool write_file {"path":"src/hello.sh","content":"printf '\\033[32mhello\\033[0m\\n'; printf 'nul:\\000.'; echo oops >&2; exit 3"}]]
            [[tool run_command {"command":"sh src/hello.sh"}]] [[tool run_command {"command":"pwd > made.txt; true"}]] [[tool read_file {"path":"/work/made.txt"}]] [[tool list_files {}]]
            [[tool read_file {"path":"../../etc/passwd"}]] [[tool read_file {"path":"none"}]] [[tool write_file {"path":"/etc/x","content":""}]]
            """);

        var ended = await bench.EventsAsync<ToolFinished>(session);
        Assert.Equal([ToolEnding.Ok, ToolEnding.Ok, ToolEnding.Ok, ToolEnding.Ok, ToolEnding.Ok, ToolEnding.Error, ToolEnding.Error, ToolEnding.Error], ended.Select(each => each.Ending));
        Assert.StartsWith("Exit code 3, after", ended[1].Result, StringComparison.Ordinal);
        Assert.Contains("hello\n", ended[1].Result, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', ended[1].Result);
        var partial = string.Concat((await bench.EventsAsync<ToolOutputWritten>(session)).Select(written => written.Text));
        Assert.Contains("\e[32mhello\e[0m", partial, StringComparison.Ordinal);
        Assert.Contains("oops", partial, StringComparison.Ordinal);
        Assert.Contains("It wrote nothing.", ended[2].Result, StringComparison.Ordinal);
        Assert.Contains("<untrusted", ended[1].Result, StringComparison.Ordinal);
        Assert.Contains("source=\"made.txt\">\n/work\n", ended[3].Result, StringComparison.Ordinal);
        Assert.Contains("src/hello.sh", ended[4].Result, StringComparison.Ordinal);
        Assert.Contains("\"..\"", ended[5].Result, StringComparison.Ordinal);
        Assert.Contains("outside of the session's folder", ended[7].Result, StringComparison.Ordinal);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task Stopping_the_turn_leaves_no_process_and_keeps_what_was_written(StorageProvider provider)
    {
        Namespaces.Need();
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        var mark = $"7{Random.Shared.Next(1_000_000, 9_999_999)}.5";
        await bench.SendAsync(session, $$"""[[tool run_command {"command":"trap '' TERM INT; (setsid sleep {{mark}} &); echo begun; echo kept > file.txt; sleep {{mark}}"}]]""");
        await Eventually.Value(() => bench.EventsAsync<ToolOutputWritten>(session), written => written.Count > 0, "the command runs");
        await Eventually.True(() => HostProcesses.With(mark) > 1, "both sleep");

        Assert.True(await bench.Conversations.CancelAsync(bench.Scope, session, Ended));

        Assert.Equal(0, HostProcesses.With(mark));
        await bench.UntilAsync(session, SessionStatus.Cancelled);
        Assert.Equal(ToolEnding.Cancelled, Assert.Single(await bench.EventsAsync<ToolFinished>(session)).Ending);
        Assert.Equal("begun\n", Assert.Single(await bench.EventsAsync<ToolOutputWritten>(session)).Text);
        var files = await bench.Lab.Services.GetRequiredService<SessionFiles>().ListAsync(bench.Scope, session, Ended);
        Assert.Equal("file.txt", Assert.Single(files.Entries).Path);
    }

    [Fact]
    public async Task A_command_beyond_its_time_is_told_as_an_error_of_the_tool()
    {
        Namespaces.Need();
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        var session = await bench.NewSessionAsync();

        await bench.AskAsync(session, """[[tool run_command {"command":"sleep 1000","timeout_seconds":1}]]""");

        var ended = Assert.Single(await bench.EventsAsync<ToolFinished>(session));
        Assert.Equal(ToolEnding.Error, ended.Ending);
        Assert.Equal("The command was stopped, with all its processes: it did not end within 1 s.\n\nIt wrote nothing.", ended.Result);
    }

    [Fact]
    public async Task Asked_in_plain_words_a_script_is_written_and_run_and_its_result_becomes_a_table_and_a_chart()
    {
        Namespaces.Need();
        var bench = await labs.OnAsync(StorageProvider.Sqlite);
        var session = await bench.NewSessionAsync();

        await bench.AskAsync(session, "Write a script about rivers, lakes and oceans and run it. Then show a table of the result and draw a bar chart of the result.");

        Assert.Equal(["write_file", "run_command", "show_table", "show_chart"], (await bench.EventsAsync<ToolRequested>(session)).Select(asked => asked.Tool));
        Assert.All(await bench.EventsAsync<ToolFinished>(session), each => Assert.Equal(ToolEnding.Ok, each.Ending));
        var shown = (await bench.EventsAsync<ToolRequested>(session))[2..];
        Assert.Contains("""["rivers",6],["lakes",5],["oceans",6]""", shown[0].Arguments, StringComparison.Ordinal);
        Assert.Contains("\"values\":[6,5,6]", shown[1].Arguments, StringComparison.Ordinal);
    }
}
