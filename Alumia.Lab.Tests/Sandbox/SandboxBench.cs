using System.Text;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>The room's services on a data folder of their own, without a lab around them: as whoever runs the tests, root or not.</summary>
internal sealed class SandboxBench : IDisposable
{
    private readonly TempFolder _data = new();

    public SandboxBench(Action<SandboxOptions>? change = null)
    {
        var options = new SandboxOptions { Seconds = 30, CpuSeconds = 60, MemoryMb = 512 };
        change?.Invoke(options);
        var storage = Options.Create(new StorageOptions { Directory = _data.Path });
        Settings = options;
        Spaces = new Workspaces(storage, Options.Create(options));
        var support = new SandboxSupport(Options.Create(options), storage, NullLogger<SandboxSupport>.Instance);
        Runner = new CommandRunner(support, Spaces, Clock, Options.Create(options));
        Programs = new ProgramRunner(support, Spaces, Clock, Options.Create(options), storage);
    }

    /// <summary>The data folder.</summary>
    public string Data => _data.Path;

    /// <summary>Real time, which a test can make pass at once.</summary>
    public LeapingClock Clock { get; } = new();

    public SandboxOptions Settings { get; }

    public Workspaces Spaces { get; }

    public CommandRunner Runner { get; }

    public ProgramRunner Programs { get; }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Runs a command to its end.</summary>
    public async Task<CommandOutput.End> RunAsync(string command, string session = "ses_one", double seconds = 30, Action<string>? onPiece = null)
    {
        await foreach (var output in Runner.RunAsync(session, command, TimeSpan.FromSeconds(seconds), Ended))
        {
            if (output is CommandOutput.Piece piece)
                onPiece?.Invoke(piece.Text);
            if (output is CommandOutput.End end)
                return end;
        }
        throw new InvalidOperationException("The command gave no end.");
    }

    /// <summary>Writes a file as the lab does.</summary>
    public async Task WriteAsync(string path, string text, string session = "ses_one")
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await Spaces.Of(session).WriteAsync(WorkspacePath.Parse(path), content, Ended);
    }

    /// <summary>Reads a file as the lab does.</summary>
    public string Read(string path, string session = "ses_one")
    {
        using var reader = new StreamReader(Spaces.Of(session).Read(WorkspacePath.Parse(path), out _));
        return reader.ReadToEnd();
    }

    public void Dispose() => _data.Dispose();
}

/// <summary>A clock whose timers are real, and whose time leaps when it is told to.</summary>
internal sealed class LeapingClock : TimeProvider
{
    private long _leapt;

    public void Leap(TimeSpan by) => Interlocked.Add(ref _leapt, (long)(by.TotalSeconds * TimestampFrequency));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _leapt);
}
