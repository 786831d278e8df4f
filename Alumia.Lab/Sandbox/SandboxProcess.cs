using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Sandbox;

/// <summary>
/// One started sandbox. It is bound to the thread that started it ("dies with its parent" means that thread), so it has a thread of its own,
/// and ends with the lab however the lab ends.
/// </summary>
internal sealed partial class SandboxProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(5);
    private readonly Process _process;
    private readonly string _status;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (int Id, long StartedAt)? _first;

    private readonly bool _listens;

    private SandboxProcess(ProcessStartInfo start, string status, TimeProvider clock, bool listens) => (_process, _status, _clock, _listens) = (new Process { StartInfo = start }, status, clock, listens);

    /// <summary>What it reads, for a program that was started to listen.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Errors => _process.StandardError.BaseStream;

    /// <summary>The exit code, once it has ended.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>How many files and folders its commands have in memory, in <c>/tmp</c> and its like; <paramref name="tmpBytes"/> is the size of <c>/tmp</c>.</summary>
    public long FilesInMemory(long tmpBytes)
    {
        Know();
        return _first is { } first
            ? Libc.FilesIn($"/proc/{first.Id}/root/tmp", tmpBytes) + Libc.FilesIn($"/proc/{first.Id}/root/dev/shm", tmpBytes / Bubblewrap.SharedPart)
            : 0;
    }

    /// <summary>All processes of the sandbox that are alive.</summary>
    public List<int> Processes => ProcessTree.Of(_process.Id);

    /// <summary>How many processes there are beside the sandbox's own two, and the processor time of all.</summary>
    public (int Processes, TimeSpan Cpu) Use()
    {
        var facts = Processes.Select(ProcessTree.Facts).OfType<ProcessFacts>().ToList();
        return (Math.Max(0, facts.Count - 2), facts.Aggregate(TimeSpan.Zero, (sum, each) => sum + each.Cpu));
    }

    /// <param name="command">What to start.</param>
    /// <param name="status">The file into which bubblewrap writes its status; it goes with this.</param>
    /// <param name="clock">For what has to be waited for.</param>
    /// <param name="environment">Null where there is nothing to read for it; else it listens, and this is its environment.</param>
    public static async Task<SandboxProcess> StartAsync(IReadOnlyList<string> command, string status, TimeProvider clock, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = StartOf(command);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var sandbox = new SandboxProcess(start, status, clock, listens: environment is not null);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => sandbox.Run(started)) { IsBackground = true, Name = "sandbox" }.Start();
        await started.Task;
        return sandbox;
    }

    /// <summary>How a program starts with nothing of the lab's environment, and nothing to read.</summary>
    public static ProcessStartInfo StartOf(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Bubblewrap.Environment["PATH"];
        return start;
    }

    /// <summary>Finds out the sandbox's first process, whose end is the end of all others in it. It is told before the command begins, so it is known once that has ended.</summary>
    private void Know()
    {
        if (_first is null && File.Exists(_status) && FirstProcess().Match(File.ReadAllText(_status)) is { Success: true } told
            && int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture) is var id && ProcessTree.Facts(id) is { Name: "bwrap" } facts)
            _first = (id, facts.StartedAt);
    }

    /// <summary>Kills every process of the sandbox and waits until none is left.</summary>
    public async Task KillAsync()
    {
        Know();
        if (!_exited.Task.IsCompleted)
        {
            // The first process takes the others with it; the rest is for a sandbox that is being built just now.
            if (_first is { } first)
                Libc.Signal(first.Id, Libc.Kill);
            foreach (var process in Processes.Skip(1))
                Libc.Signal(process, Libc.Kill);
            if (_first is null || await Task.WhenAny(Exited, Task.Delay(_patience, _clock)) != Exited)
                Libc.Signal(_process.Id, Libc.Kill);
            await Exited;
        }
        await UntilGoneAsync();
    }

    /// <summary>Waits until the sandbox's processes are gone, which follows its end at once.</summary>
    public async Task UntilGoneAsync()
    {
        Know();
        var began = _clock.GetTimestamp();
        while (_first is { } first && ProcessTree.IsAlive(first.Id, first.StartedAt) && _clock.GetElapsedTime(began) < _patience)
        {
            Libc.Signal(first.Id, Libc.Kill);
            await Task.Delay(_look, _clock);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        File.Delete(_status);
    }

    private void Run(TaskCompletionSource started)
    {
        try
        {
            _process.Start();
            if (!_listens)
                _process.StandardInput.Close();
        }
#pragma warning disable CA1031 // Whoever starts it is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            started.SetException(exception);
            _exited.SetResult(-1);
            return;
        }
        started.SetResult();
        _process.WaitForExit();
        _exited.SetResult(_process.ExitCode);
    }

    [GeneratedRegex("\"child-pid\": (\\d+)")]
    private static partial Regex FirstProcess();
}
