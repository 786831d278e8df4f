using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sandbox;

/// <summary>What a running command gives.</summary>
public abstract record CommandOutput
{
    private CommandOutput()
    {
    }

    /// <summary>Text as it comes, of both outputs, with the colours of terminals in it.</summary>
    public sealed record Piece(string Text) : CommandOutput;

    /// <summary>It has ended, and no process of it is left: its exit code, or the bound that ended it; how long it ran; all that it wrote, without colours.</summary>
    public sealed record End(int ExitCode, LimitPassed? Passed, TimeSpan Took, string Text) : CommandOutput;
}

/// <summary>What the processes of a command do now.</summary>
/// <param name="Processes">How many there are, without those of the sandbox itself.</param>
/// <param name="Cpu">The processor time that they have used.</param>
/// <param name="Lately">How much of it while they were looked at.</param>
/// <param name="Span">How long they were looked at.</param>
public sealed record CommandLoad(int Processes, TimeSpan Cpu, TimeSpan Lately, TimeSpan Span);

/// <summary>Runs a shell command in a session's sandbox. However it ends, by itself or not, nothing of it goes on.</summary>
public sealed class CommandRunner
{
    /// <summary>How often what came meanwhile is passed on.</summary>
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(150);

    /// <summary>How long processes are looked at to tell whether they work.</summary>
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(500);

    /// <summary>Characters of the output that the model is told.</summary>
    private const int MostTold = 30_000;

    /// <summary>A command in a folder that is full may still delete, and the folder itself needs a little to do so.</summary>
    private const long Slack = 1024 * 1024;

    private readonly SandboxSupport _support;
    private readonly Workspaces _workspaces;
    private readonly TimeProvider _clock;
    private readonly SandboxOptions _options;
    private readonly SemaphoreSlim _turns;
    private readonly ConcurrentDictionary<string, SandboxProcess> _running = new();

    internal CommandRunner(SandboxSupport support, Workspaces workspaces, TimeProvider clock, IOptions<SandboxOptions> options) =>
        (_support, _workspaces, _clock, _options, _turns) = (support, workspaces, clock, options.Value, new SemaphoreSlim(options.Value.AtOnce));

    /// <summary>Runs a command to its end. Cancelling kills all of it, and returns when it is gone.</summary>
    /// <exception cref="Refusal">No command can run on this machine.</exception>
    public async IAsyncEnumerable<CommandOutput> RunAsync(string sessionId, string command, TimeSpan time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var bubblewrap = await _support.GetAsync(cancellation);
        var workspace = _workspaces.Of(sessionId);
        workspace.Prepare();
        await _turns.WaitAsync(cancellation);
        var began = _clock.GetTimestamp();
        try
        {
            var before = workspace.Use();
            var isFull = before.Bytes >= _options.DiskBytes;
            var disk = isFull ? before.Bytes + Slack : _options.DiskBytes;
            var kept = new KeptOutput(_options.OutputCharacters);
            var status = bubblewrap.NewStatus();
            await using var process = await SandboxProcess.StartAsync(bubblewrap.Command(workspace.Root, workspace.User, command, isFull ? 0 : _options.DiskBytes, status), status, _clock);
            _running[sessionId] = process; // A session's calls run one after another.
            var watch = new TreeWatch(process, workspace, _options, time, disk, _clock).RunAsync();
            var output = new OutputReader(process).Pieces;
            var came = new StringBuilder();
            while (await output.WaitToReadAsync(cancellation))
            {
                while (output.TryRead(out var piece))
                    came.Append(kept.Add(piece));
                if (came.Length == 0)
                    continue;
                yield return new CommandOutput.Piece(came.ToString());
                came.Clear();
                // The first words at once, then what comes together; but nobody waits once it has ended.
                await Task.WhenAny(process.Exited, Task.Delay(_beat, _clock, cancellation));
            }
            var passed = await watch;
            var code = await process.Exited;
            if (kept.Rest() is { Length: > 0 } rest)
                yield return new CommandOutput.Piece(rest);
            yield return new CommandOutput.End(code, passed, _clock.GetElapsedTime(began), kept.Text(MostTold));
        }
        finally
        {
            _running.TryRemove(sessionId, out _);
            _turns.Release();
        }
    }

    /// <summary>Looks at the processes of the session's running command for a moment; null where it waits for its turn, or has ended.</summary>
    public async Task<CommandLoad?> LookAsync(string sessionId, CancellationToken cancellation)
    {
        if (!_running.TryGetValue(sessionId, out var process) || process.Exited.IsCompleted)
            return null;
        var before = process.Use();
        var began = _clock.GetTimestamp();
        await Task.Delay(_glance, _clock, cancellation);
        if (process.Exited.IsCompleted)
            return null;
        var after = process.Use();
        return new CommandLoad(after.Processes, after.Cpu, after.Cpu - before.Cpu, _clock.GetElapsedTime(began));
    }
}
