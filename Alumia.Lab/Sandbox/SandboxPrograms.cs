namespace Alumia.Lab.Sandbox;

/// <summary>The programs of the system that the sandbox is made with, by their whole paths.</summary>
internal sealed record SandboxPrograms(string Bubblewrap, string SetPrivileges, string SetLimits, string Nice, string Shell, bool CanForbidNamespaces)
{
    // Debian's package, and those of others, by what they are called there.
    public const string HowToInstall = "Install bubblewrap 0.8 or newer and util-linux where the lab runs (Debian and Ubuntu: apt-get install bubblewrap util-linux; Fedora: dnf install bubblewrap util-linux), "
        + "then call again. Nothing is run without the sandbox.";

    private static readonly string[] _folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];

    // Since then each user namespace counts its own processes; before, all of a user's processes are one number.
    private static readonly Version _countsApart = new(5, 14);

    /// <summary>The names of programs of use to agents that commands find here.</summary>
    public static IReadOnlyList<string> Useful { get; } =
        [.. new[] { "bash", "python3", "perl", "node", "ruby", "gcc", "make", "git", "jq", "awk", "sqlite3", "php" }.Where(name => Find(name, "/usr/bin", "/bin") is not null)];

    /// <summary>The path of a program; null where there is none.</summary>
    public static string? Find(string name, params string[] folders) =>
        (folders.Length > 0 ? folders : _folders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>How many processes the kernel is told to allow: of the user, which is the lab's own on an old kernel without root.</summary>
    public long ProcessLimit(int processes) => Libc.IsRoot || System.Environment.OSVersion.Version >= _countsApart ? processes : processes + 4096;
}
