using System.Globalization;

namespace Alumia.Lab.Sandbox;

/// <summary>
/// The processes that descend from one, read from <c>/proc</c>. A sandbox has its own first process, which every orphan in it becomes a child of:
/// so whatever a command does (a double fork, a session of its own), its processes stay below that one.
/// </summary>
internal static class ProcessTree
{
    private const int TicksASecond = 100;

    /// <summary>The ids of a process and of all that descend from it, parents first.</summary>
    public static List<int> Of(int root)
    {
        var found = new List<int> { root };
        var seen = new HashSet<int> { root };
        for (var i = 0; i < found.Count; i++)
            found.AddRange(Children(found[i]).Where(seen.Add));
        return found;
    }

    public static IEnumerable<int> Children(int process)
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (IOException)
        {
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
        return threads.SelectMany(thread => (Text($"{thread}/children") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture)).ToList();
    }

    /// <summary>Whether this very process is there still, and not another one under its number.</summary>
    public static bool IsAlive(int process, long startedAt) => Facts(process) is { } facts && facts.StartedAt == startedAt && facts.State != 'Z';

    /// <summary>What the kernel tells of a process; null where it is gone.</summary>
    public static ProcessFacts? Facts(int process)
    {
        if (Text($"/proc/{process}/stat") is not { } line)
            return null;
        // The name stands in brackets, and may hold anything.
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        long At(int field) => long.Parse(fields[field - 3], CultureInfo.InvariantCulture);
        var cpu = TimeSpan.FromSeconds((double)(At(14) + At(15) + At(16) + At(17)) / TicksASecond);
        return new ProcessFacts(line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..line.LastIndexOf(')')], fields[0][0], (int)At(20), cpu, At(24) * System.Environment.SystemPageSize, At(22));
    }

    /// <summary>A process's share of the memory, pages that several have counted in parts; null where it cannot be told.</summary>
    public static long? OwnMemory(int process) => Text($"/proc/{process}/smaps_rollup")?.Split('\n').FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal)) is { } line
        ? long.Parse(line["Pss:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024
        : null;

    /// <summary>Files that have no name any more and are open in these processes: what they take on the disk, in bytes.</summary>
    public static long NamelessBytes(IEnumerable<int> processes)
    {
        var files = new Dictionary<ulong, long>();
        foreach (var process in processes)
        {
            foreach (var path in OpenFiles(process))
            {
                if (Target(path) is { } target && target.StartsWith('/') && target.EndsWith(" (deleted)", StringComparison.Ordinal)
                    && !target.StartsWith("/tmp/", StringComparison.Ordinal) && !target.StartsWith("/dev/", StringComparison.Ordinal)
                    && Libc.FactsOf(path) is { IsFile: true } facts)
                    files[facts.Inode] = facts.OnDisk;
            }
        }
        return files.Values.Sum();
    }

    private static string[] OpenFiles(int process)
    {
        try
        {
            return Directory.GetFileSystemEntries($"/proc/{process}/fd");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // It has ended, or is root's part of the sandbox.
        }
    }

    private static string? Target(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>One process: its program's name, state, threads, processor time with that of its ended children, memory in bytes, and when it began (in the kernel's ticks).</summary>
internal sealed record ProcessFacts(string Name, char State, int Threads, TimeSpan Cpu, long Memory, long StartedAt);
