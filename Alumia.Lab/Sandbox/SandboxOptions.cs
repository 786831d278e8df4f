namespace Alumia.Lab.Sandbox;

/// <summary>The section <c>Tools:Sandbox</c> of the configuration: what one command may use, with all processes that it begins, and what a session may keep.</summary>
public sealed class SandboxOptions
{
    public const string Section = "Tools:Sandbox";

    /// <summary>How long a command may run that names no limit of its own, in seconds.</summary>
    public int Seconds { get; set; } = 120;

    /// <summary>The longest limit that a command may name, in seconds.</summary>
    public int MaxSeconds { get; set; } = 600;

    /// <summary>Processor time of all its processes together, in seconds.</summary>
    public int CpuSeconds { get; set; } = 600;

    /// <summary>Memory of all its processes together, in MB.</summary>
    public int MemoryMb { get; set; } = 1024;

    /// <summary>Processes and threads at once.</summary>
    public int Processes { get; set; } = 128;

    /// <summary>What a session's folder may hold, in MB.</summary>
    public int DiskMb { get; set; } = 512;

    /// <summary>Files and folders in a session's folder.</summary>
    public int Files { get; set; } = 20_000;

    /// <summary>The size of <c>/tmp</c>, which lives in memory and ends with the command, in MB.</summary>
    public int TmpMb { get; set; } = 64;

    /// <summary>Characters of a command's output that are shown while it runs; of the rest, its end.</summary>
    public int OutputCharacters { get; set; } = 100_000;

    /// <summary>Commands that run at once in the whole lab; more wait for their turn.</summary>
    public int AtOnce { get; set; } = 16;

    /// <summary>What a person may upload at once, in MB.</summary>
    public int UploadMb { get; set; } = 50;

    /// <summary>The path of bubblewrap; where it is left out, it is looked for in the system's folders.</summary>
    public string? Bubblewrap { get; set; }

    /// <summary>More of the host that commands may read, such as <c>/usr/local</c>.</summary>
    public IList<string> ReadOnly { get; } = [];

    /// <summary>Where the lab runs as root, commands run as one of a thousand users without a name, from this number on.</summary>
    public int FirstUser { get; set; } = 58_000;

    internal long DiskBytes => DiskMb * 1024L * 1024;

    internal long TmpBytes => TmpMb * 1024L * 1024;

    internal long MemoryBytes => MemoryMb * 1024L * 1024;
}
