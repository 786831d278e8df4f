namespace Alumia.Lab.Sandbox;

/// <summary>Which bound a command ran into.</summary>
public enum SandboxLimit
{
    Time,
    Cpu,
    Memory,
    Processes,
    Disk,
    Files,
}

/// <summary>A bound that was passed, in words for the model and for people.</summary>
public sealed record LimitPassed(SandboxLimit Limit, string Words);

/// <summary>
/// Bounds what all processes of one sandbox use together: the kernel bounds each single one, and the sum would be unbounded without this.
/// It looks often, and where a bound is passed kills them all.
/// </summary>
internal sealed class TreeWatch(SandboxProcess sandbox, Workspace workspace, SandboxOptions options, TimeSpan time, long diskBytes, TimeProvider clock, TimeSpan? look = null)
{
    private readonly TimeSpan _look = look ?? TimeSpan.FromMilliseconds(100);
    private readonly long _began = clock.GetTimestamp();
    private TimeSpan _diskPause;
    private long _diskLooked;

    /// <summary>Watches until the sandbox has ended; tells the bound that ended it, or null where none did.</summary>
    public async Task<LimitPassed?> RunAsync()
    {
        while (!sandbox.Exited.IsCompleted)
        {
            if (Passed() is { } passed)
            {
                await sandbox.KillAsync();
                return passed;
            }
            await Task.WhenAny(sandbox.Exited, Task.Delay(_look, clock));
        }
        await sandbox.UntilGoneAsync();
        return null;
    }

    private LimitPassed? Passed()
    {
        if (clock.GetElapsedTime(_began) > time)
            return new LimitPassed(SandboxLimit.Time, FormattableString.Invariant($"it did not end within {time.TotalSeconds:0.#} s"));
        var processes = sandbox.Processes;
        var facts = processes.Select(ProcessTree.Facts).OfType<ProcessFacts>().ToList();
        if (facts.Sum(each => each.Threads) is var count && count > options.Processes + Own)
            return new LimitPassed(SandboxLimit.Processes, FormattableString.Invariant($"it had {count - Own:N0} processes and threads, more than the {options.Processes:N0} it may have"));
        if (facts.Aggregate(TimeSpan.Zero, (sum, each) => sum + each.Cpu) is var cpu && cpu.TotalSeconds > options.CpuSeconds)
            return new LimitPassed(SandboxLimit.Cpu, FormattableString.Invariant($"its processes used {cpu.TotalSeconds:0} s of processor time, more than the {options.CpuSeconds:N0} s they may use"));
        if (facts.Sum(each => each.Memory) > options.MemoryBytes && Memory(processes) is var memory && memory > options.MemoryBytes)
            return new LimitPassed(SandboxLimit.Memory, FormattableString.Invariant($"its processes used {memory / (1024 * 1024):N0} MB of memory, more than the {options.MemoryMb:N0} MB they may use"));
        // They take memory of the kernel, however empty they are.
        if (sandbox.FilesInMemory(options.TmpBytes) is var files && files > options.Files)
            return new LimitPassed(SandboxLimit.Files, FormattableString.Invariant($"it had {files:N0} files and folders in /tmp, more than the {options.Files:N0} it may have"));
        return Disk(processes);
    }

    /// <summary>The processes of the sandbox itself: the one outside, its first one inside.</summary>
    private const int Own = 2;

    /// <summary>Pages that processes share are counted once, which takes longer to find out.</summary>
    private static long Memory(List<int> processes) => processes.Sum(process => ProcessTree.OwnMemory(process) ?? ProcessTree.Facts(process)?.Memory ?? 0);

    private LimitPassed? Disk(List<int> processes)
    {
        // Counting many files takes long: it is never more than a tenth of the time.
        if (_diskLooked != 0 && clock.GetElapsedTime(_diskLooked) < _diskPause)
            return null;
        var began = clock.GetTimestamp();
        var use = workspace.Use();
        var bytes = use.Bytes + ProcessTree.NamelessBytes(processes);
        (_diskLooked, _diskPause) = (clock.GetTimestamp(), clock.GetElapsedTime(began) * 10);
        if (use.IsBeyond)
            return new LimitPassed(SandboxLimit.Files, FormattableString.Invariant($"the folder has more than the {options.Files:N0} files and folders it may have, or folders in folders in folders without end"));
        return bytes > diskBytes
            ? new LimitPassed(SandboxLimit.Disk, FormattableString.Invariant($"its files took {bytes / (1024.0 * 1024):0.#} MB of disk, more than the {options.DiskMb:N0} MB of the session's folder"))
            : null;
    }
}
