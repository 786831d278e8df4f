using Alumia.Lab.Sandbox;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>What a command does in its sandbox, and how it ends.</summary>
public sealed class CommandRunnerTests : IDisposable
{
    private readonly SandboxBench _bench;

    public CommandRunnerTests()
    {
        Namespaces.Need();
        _bench = new SandboxBench();
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_command_gives_its_output_of_both_kinds_and_its_exit_code()
    {
        var end = await _bench.RunAsync("echo out; echo err >&2; printf '\\033[31mred\\033[0m ü\\n'; exit 7");

        Assert.Null(end.Passed);
        Assert.Equal(7, end.ExitCode);
        Assert.Equal(["err", "out", "red ü"], end.Text.Trim().Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Output_is_seen_while_the_command_runs()
    {
        var seen = new TaskCompletionSource();
        // It waits for a file that is made only once its first words were seen.
        var run = _bench.RunAsync("echo first; until [ -e go ]; do sleep 0.05; done; echo last", onPiece: text =>
        {
            if (text.Contains("first", StringComparison.Ordinal))
                seen.TrySetResult();
        });
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);
        await _bench.WriteAsync("go", "");

        Assert.Equal("first\nlast\n", (await run).Text);
    }

    [Fact]
    public async Task The_folder_lasts_and_belongs_to_one_session_and_both_sides_write_in_it()
    {
        await _bench.WriteAsync("scripts/hello.sh", "echo hello > made.txt; rm scripts/hello.sh; mkdir -p a/b; echo x > a/b/c");
        await _bench.RunAsync("sh scripts/hello.sh");
        await _bench.WriteAsync("a/b/c", "changed");
        var again = await _bench.RunAsync("cat made.txt a/b/c; echo more >> a/b/c; echo $HOME; whoami");
        var other = await _bench.RunAsync("ls -A /work", session: "ses_two");

        Assert.Equal("hello\nchanged/work\nagent\n", again.Text);
        Assert.Equal("", other.Text);
        Assert.Equal("changedmore\n", _bench.Read("a/b/c"));
        Assert.Equal(["a", "a/b", "a/b/c", "made.txt", "scripts"], _bench.Spaces.Of("ses_one").List(WorkspacePath.Parse(""), 100).Select(entry => entry.Path));
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_stopped_and_what_it_wrote_is_kept()
    {
        var end = await _bench.RunAsync("trap '' TERM INT HUP; echo begun; sleep 1000", seconds: 300, onPiece: _ => _bench.Clock.Leap(TimeSpan.FromSeconds(300)));

        Assert.Equal(SandboxLimit.Time, end.Passed?.Limit);
        Assert.Equal("begun\n", end.Text);
    }

    [Fact]
    public async Task Of_a_long_output_the_beginning_and_the_end_are_kept_with_a_word_on_what_is_not()
    {
        var shown = "";
        var end = await _bench.RunAsync("seq 1 200000", onPiece: piece => shown += piece);

        foreach (var text in new[] { shown, end.Text })
        {
            Assert.StartsWith("1\n2\n3\n", text, StringComparison.Ordinal);
            Assert.EndsWith("199999\n200000\n", text, StringComparison.Ordinal);
            Assert.Contains("characters were left out here", text, StringComparison.Ordinal);
        }
        Assert.InRange(shown.Length, 100_000, 120_000);
        Assert.InRange(end.Text.Length, 20_000, 31_000);
    }

    [Fact]
    public async Task A_command_that_waits_for_the_keyboard_gets_an_end_at_once() =>
        Assert.Equal("end of input\n", (await _bench.RunAsync("read line || echo end of input")).Text);

    [Fact]
    public async Task A_cancelled_command_is_gone_with_all_its_processes()
    {
        var mark = $"4{Random.Shared.Next(100_000, 999_999)}.25";
        using var cancel = new CancellationTokenSource();
        await using var run = _bench.Runner.RunAsync("ses_one", $"(setsid sleep {mark} &) ; echo begun; sleep {mark}", TimeSpan.FromMinutes(5), cancel.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await run.MoveNextAsync());
        await Eventually.True(() => HostProcesses.With(mark) >= 2, "both sleep");
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await run.MoveNextAsync());
        Assert.Equal(0, HostProcesses.With(mark));
    }

    [Fact]
    public async Task Without_bubblewrap_the_refusal_says_how_to_install_it_and_nothing_runs()
    {
        using var without = new SandboxBench(options => options.Bubblewrap = "/nowhere/bwrap");

        var refusal = await Assert.ThrowsAsync<Refusal>(() => without.RunAsync("touch ran"));

        Assert.Equal(RefusalKind.Unavailable, refusal.Kind);
        Assert.Contains("apt-get install bubblewrap", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(without.Data, "sessions", "ses_one")));
    }

    [Fact]
    public async Task In_a_full_folder_nothing_can_be_written_any_more_but_deleted()
    {
        using var small = new SandboxBench(options => options.DiskMb = 4);
        var filled = await small.RunAsync("head -c 3M /dev/zero > a; head -c 3M /dev/zero > b; sleep 1000");
        Assert.Equal(SandboxLimit.Disk, filled.Passed?.Limit);

        var full = await small.RunAsync("echo more > c; rm a; echo deleted");
        var free = await small.RunAsync("echo more > c; cat c");

        Assert.Contains("deleted", full.Text, StringComparison.Ordinal);
        Assert.Equal("more\n", free.Text);
    }
}
