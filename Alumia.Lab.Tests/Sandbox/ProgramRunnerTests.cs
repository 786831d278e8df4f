using System.Text;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>Programs that serve: what they see and reach is their profile, and they end when they are ended.</summary>
public sealed class ProgramRunnerTests : IDisposable
{
    private readonly SandboxBench _bench = new();
    private readonly TempFolder _read = new();
    private readonly TempFolder _write = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _bench.Dispose();
        _read.Dispose();
        _write.Dispose();
    }

    [Fact]
    public async Task It_answers_what_it_is_sent_with_its_own_environment_and_keeps_its_own_folder()
    {
        Namespaces.Need();
        Environment.SetEnvironmentVariable("MCP_TEST_CANARY", "of the lab");
        await using (var program = await StartAsync("""while read -r line; do echo "$line is $OWN, not $MCP_TEST_CANARY, in $PWD"; echo kept > note; done""", environment: new() { ["OWN"] = "mine" }))
        {
            Assert.Equal("one is mine, not , in /home/server", await AskAsync(program, "one"));
            Assert.Equal("two is mine, not , in /home/server", await AskAsync(program, "two"));
            Assert.DoesNotContain("mine", string.Concat(HostProcesses.Of("OWN, not").Select(id => File.ReadAllText($"/proc/{id}/cmdline"))), StringComparison.Ordinal);
        }
        await using var again = await StartAsync("read -r line; cat note");
        Assert.Equal("kept", await AskAsync(again, "go"));
    }

    [Fact]
    public async Task It_reads_and_writes_the_folders_of_its_profile_and_no_others()
    {
        Namespaces.Need();
        TempFolder.OpenToAll(_read.Path);
        TempFolder.OpenToAll(_write.Path);
        await File.WriteAllTextAsync(Path.Combine(_read.Path, "in.txt"), "to be read", Ended);
        TempFolder.OpenToAll(Path.Combine(_read.Path, "in.txt"));
        var profile = new SandboxProfile();
        profile.Folders.Add(new SandboxFolder { Path = _read.Path });
        profile.Folders.Add(new SandboxFolder { Path = _write.Path, Write = true });
        var script = $"read -r line; cat {_read.Path}/in.txt; (echo spoiled > {_read.Path}/in.txt) 2>/dev/null || echo -n ', not written'; echo written > {_write.Path}/out.txt && echo -n ', written'; ls {_bench.Data} 2>/dev/null || echo ', not seen'";

        await using var program = await StartAsync(script, profile);

        Assert.Equal("to be read, not written, written, not seen", await AskAsync(program, "go"));
        Assert.Equal("written\n", await File.ReadAllTextAsync(Path.Combine(_write.Path, "out.txt"), Ended));
        profile.Folders.Add(new SandboxFolder { Path = "/nowhere/at/all" });
        Assert.Contains("/nowhere/at/all", (await Assert.ThrowsAsync<Refusal>(() => StartAsync("true", profile))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "not reached")]
    [InlineData(true, "reached")]
    public async Task It_reaches_the_network_where_its_profile_says_so(bool network, string said)
    {
        Namespaces.Need();
        using var canary = new Canary();
        await using var program = await StartAsync($"read -r line; if (exec 3<>/dev/tcp/127.0.0.1/{canary.Port}) 2>/dev/null; then echo reached; else echo not reached; fi", new SandboxProfile { Network = network });

        Assert.Equal(said, await AskAsync(program, "go"));
        await Eventually.Equal(network ? 1 : 0, () => canary.Reached);
    }

    [Fact]
    public async Task It_ends_with_all_its_processes_and_one_that_ends_by_itself_says_how()
    {
        Namespaces.Need();
        var mark = $"4{Random.Shared.Next(100_000, 999_999)}.75";
        var program = await StartAsync($"setsid sleep {mark} & read -r line; echo begun; sleep {mark}");
        Assert.Equal("begun", await AskAsync(program, "go"));
        Assert.True(HostProcesses.With(mark) > 1);
        await program.DisposeAsync();
        await Eventually.Equal(0, () => HostProcesses.With(mark));

        await using var brief = await StartAsync("echo what went wrong >&2; exit 7");
        Assert.Equal("it ended with exit code 7", await brief.EndedAsync());
        Assert.Equal("what went wrong", brief.Said);
    }

    [Fact]
    public async Task Without_bubblewrap_nothing_runs_and_the_refusal_says_how_to_install_it()
    {
        using var without = new SandboxBench(options => options.Bubblewrap = "/nowhere/bwrap");

        var refusal = await Assert.ThrowsAsync<Refusal>(() => without.Programs.StartAsync(Of("touch ran", new SandboxProfile(), []), Ended));

        Assert.Equal(RefusalKind.Unavailable, refusal.Kind);
        Assert.Contains("apt-get install bubblewrap", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(without.Data, "programs")));
    }

    private Task<RunningProgram> StartAsync(string script, SandboxProfile? profile = null, Dictionary<string, string>? environment = null) =>
        _bench.Programs.StartAsync(Of(script, profile ?? new SandboxProfile(), environment ?? []), Ended);

    private static SandboxProgram Of(string script, SandboxProfile profile, Dictionary<string, string> environment) => new("mcp_test", "bash", ["-c", script], environment, profile);

    private static async Task<string?> AskAsync(RunningProgram program, string line)
    {
        await program.Input.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), Ended);
        await program.Input.FlushAsync(Ended);
        // Byte by byte, so that nothing of the next answer is taken.
        var (answer, one) = (new List<byte>(), new byte[1]);
        while (await program.Output.ReadAsync(one, Ended).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ended) == 1 && one[0] != '\n')
            answer.Add(one[0]);
        return Encoding.UTF8.GetString([.. answer]);
    }
}
