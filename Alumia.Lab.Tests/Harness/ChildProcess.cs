using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Alumia.Lab.Tests.Harness;

/// <summary>
/// A process that a test started. Its output is kept for failure messages; where the system can (<c>setpriv</c>), it dies with the tests,
/// however they end, so no orphan is left.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    public const int Interrupt = 2, Quit = 3, Kill = 9, Terminate = 15;
    private static readonly string? _setpriv = OperatingSystem.IsLinux() ? Parts.Find("setpriv") : null;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
    }

    public int Id => _process.Id;

    public bool HasExited => _exited.Task.IsCompleted;

    /// <summary>Its exit code, when it has ended.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>All it wrote to both its outputs so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts a program, as another user where one is named and the tests run as root.</summary>
    public static async Task<ChildProcess> StartAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? workingDirectory = null, string? user = null)
    {
        var start = new ProcessStartInfo { FileName = _setpriv ?? program, WorkingDirectory = workingDirectory ?? "" };
        if (_setpriv is not null)
        {
            string[] identity = user is null ? [] : [$"--reuid={user}", $"--regid={GroupOf(user)}", "--clear-groups"];
            foreach (var argument in identity.Append("--pdeathsig=KILL").Append(program))
                start.ArgumentList.Add(argument);
        }
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        // "Dies with its parent" means with the thread that started it: one that lives as long as the child.
        var child = new ChildProcess(start);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => child.Run(started)) { IsBackground = true, Name = $"child {Path.GetFileName(program)}" }.Start();
        await started.Task;
        return child;
    }

    /// <summary>Runs a program to its end and returns what it wrote; a failure throws.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? user = null)
    {
        await using var child = await StartAsync(program, arguments, user: user);
        var code = await child.Exited;
        return code == 0 ? child.Output : throw new InvalidOperationException($"{program} ended with {code}:\n{child.Output}");
    }

    public void Signal(int signal)
    {
        if (!HasExited)
            _ = SendSignal(Id, signal);
    }

    /// <summary>Signals it and waits for its end, with SIGKILL where it takes too long.</summary>
    public async Task<int> EndAsync(int signal)
    {
        Signal(signal);
        try
        {
            return await Exited.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            Signal(Kill);
            throw new TimeoutException($"Process {Id} did not end on signal {signal} within 30 s:\n{Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Signal(Kill);
        await Exited;
        _process.Dispose();
    }

    private void Run(TaskCompletionSource started)
    {
        try
        {
            _process.Start();
        }
#pragma warning disable CA1031 // Whoever starts the process is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            started.SetException(exception);
            return;
        }
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        started.SetResult();
        _process.WaitForExit();
        _exited.SetResult(_process.ExitCode);
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
    }

    private static string GroupOf(string user) =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == user)[3];

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
