using System.Diagnostics;
using System.Globalization;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>The folder is full of traps, set by commands, for the lab that reads, writes and lists there with its own rights.</summary>
public sealed class FolderAttackTests : IDisposable
{
    private const string Secret = "the secret of the host";
    private readonly SandboxBench _bench;
    private readonly TempFolder _elsewhere = new();

    public FolderAttackTests()
    {
        Namespaces.Need();
        _bench = new SandboxBench();
        File.WriteAllText(Path.Combine(_elsewhere.Path, "secret.txt"), Secret);
    }

    public void Dispose()
    {
        _bench.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task No_path_and_no_link_leads_the_lab_out_of_the_folder()
    {
        var attacks = new Attacks("links and paths");
        var host = _elsewhere.Path;
        await _bench.RunAsync($"ln -s {host}/secret.txt file; ln -s {host} folder; ln -s / root; ln -s .. up; ln -s /proc/self/root proc; ln -s file chain; mkdir in; ln -s ../../../..{host}/secret.txt in/relative; ln -s {host}/new.txt new; mkfifo pipe; ln -s /dev/zero zero; echo own > own.txt");
        var deep = host.TrimStart('/');
        foreach (var path in new[]
        {
            "file", "folder/secret.txt", $"root/{deep}/secret.txt", "up/ses_other/x", $"proc/{deep}/secret.txt", "chain", "in/relative", $"..{host}/secret.txt", $"../../../../../../../..{host}/secret.txt", $"{host}/secret.txt", "/etc/passwd",
            "in/../../x", "./../x", "/work/../x", "/work/../../etc/passwd", "//etc/passwd", "/workother", "pipe", "zero", "in", "", ".", "/work", "own.txt/x", "in\0/x", "new\n", "file/../own.txt", "/proc/self/environ", $"/work/{host}/secret.txt",
        })
        {
            var read = await Try(() => Task.FromResult(_bench.Read(path)));
            attacks.Tried($"read {path}", read is not null);
            await Try(async () =>
            {
                await _bench.WriteAsync($"{path}{(path is "file" or "chain" or "new" or "pipe" or "zero" ? "/x" : "")}", "overwritten");
                return "";
            });
            // It may be refused, or land in the folder; what counts is that it lands nowhere else.
            attacks.Tried($"write {path}", IsHostChanged());
        }
        foreach (var path in new[] { "folder", "root", "up", "proc", "root/etc" })
            attacks.Tried($"list {path}", await Try(() => Task.FromResult(_bench.Spaces.Of("ses_one").List(WorkspacePath.Parse(path), 100).Count.ToString(CultureInfo.InvariantCulture))) is not null);
        attacks.Tried("list all", _bench.Spaces.Of("ses_one").List(WorkspacePath.Parse(""), 10_000).Any(entry => entry.Path.Contains("secret.txt", StringComparison.Ordinal) && !entry.Path.Contains(deep, StringComparison.Ordinal)));
        // A link itself is replaced, and what it led to stays.
        foreach (var link in new[] { "file", "new", "zero" })
        {
            await _bench.WriteAsync(link, "mine");
            attacks.Tried($"write over {link}", _bench.Read(link) != "mine" || IsHostChanged());
        }
        attacks.Verdict();
    }

    [Fact]
    public async Task A_folder_that_becomes_a_link_in_the_moment_of_use_leads_nowhere()
    {
        var attacks = new Attacks("races of links");
        await _bench.WriteAsync("real/secret.txt", "mine");
        var swapping = _bench.RunAsync($"ln -s {_elsewhere.Path} bad; cp -r real good; touch ready; while [ -e ready ]; do ln -sfn {_elsewhere.Path} swap; rm -rf swap; cp -r real swap; rm -rf swap; done");
        await Eventually.True(() => _bench.Spaces.Of("ses_one").List(WorkspacePath.Parse(""), 100).Any(entry => entry.Path == "ready"), "it swaps");
        for (var i = 0; i < 300; i++)
        {
            var read = await Try(() => Task.FromResult(_bench.Read("swap/secret.txt")));
            attacks.Tried("read", read is not null && read != "mine" && read.Length > 0);
            await Try(async () =>
            {
                await _bench.WriteAsync("swap/secret.txt", "mine");
                return "";
            });
            attacks.Tried("write", IsHostChanged());
        }
        _bench.Spaces.Of("ses_one").Delete(WorkspacePath.Parse("ready"));
        await swapping;
        attacks.Verdict();
    }

    [Fact]
    public async Task The_same_attacks_fail_on_an_ordinary_user()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "The tests run as an ordinary user already.");
        const string nobody = "65534";
        var dll = typeof(FolderAttackTests).Assembly.Location;
        using (var may = Process.Start(new ProcessStartInfo("/usr/bin/setpriv", [$"--reuid={nobody}", $"--regid={nobody}", "--clear-groups", "/usr/bin/test", "-r", dll]))!)
        {
            await may.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipUnless(may.ExitCode == 0, $"An ordinary user may not read {dll} here, so the attacks cannot be run as one.");
        }
        using var own = new TempFolder();
        TempFolder.OpenToAll(own.Path);
        string[] arguments =
        [
            $"--reuid={nobody}", $"--regid={nobody}", "--clear-groups", "dotnet", "exec", dll, "-noColor", "-showLiveOutput",
            "-class", "*ReachAttackTests", "-class", "*BombAttackTests", "-class", "*FolderAttackTests", "-method-", "*Processor_time*",
        ];
        var start = new ProcessStartInfo("/usr/bin/setpriv", arguments) { RedirectStandardOutput = true };
        (start.Environment["HOME"], start.Environment["TMPDIR"]) = (own.Path, own.Path);
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (var figure in output.Split('\n').Where(line => line.Contains("Figure: ", StringComparison.Ordinal)))
            Figures.Print(figure[(figure.IndexOf("Figure: ", StringComparison.Ordinal) + 8)..].Trim());
        Assert.True(child.ExitCode == 0, output);
    }

    private bool IsHostChanged() => Directory.GetFileSystemEntries(_elsewhere.Path).Length != 1 || File.ReadAllText(Path.Combine(_elsewhere.Path, "secret.txt")) != Secret;

    private static async Task<string?> Try(Func<Task<string>> deed)
    {
        try
        {
            return await deed();
        }
        catch (Refusal)
        {
            return null;
        }
    }
}
