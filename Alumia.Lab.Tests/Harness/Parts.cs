using System.Diagnostics;

namespace Alumia.Lab.Tests.Harness;

/// <summary>Something the tests need beside the .NET SDK.</summary>
public enum Part
{
    /// <summary>A Chromium to run the stories in.</summary>
    Chromium,
    /// <summary>The sandbox of the tools.</summary>
    Bubblewrap,
    /// <summary>The PostgreSQL server's programs, for a private cluster.</summary>
    Postgres,
    /// <summary>Node 24 or newer, for the JavaScript clients.</summary>
    Node,
}

/// <summary>What this machine has. A missing part skips a test by name, or fails it where <c>CI=true</c>; <c>./test.sh</c> installs them.</summary>
public static class Parts
{
    private static readonly Dictionary<Part, Lazy<string?>> _paths = new()
    {
        [Part.Chromium] = new(() => Find("chromium", "chromium-browser", "google-chrome")),
        [Part.Bubblewrap] = new(() => Find("bwrap")),
        [Part.Postgres] = new(FindPostgres),
        [Part.Node] = new(FindNode),
    };

    /// <summary>The path of the part (for PostgreSQL, the folder of its programs); skips or fails the test where there is none.</summary>
    public static string Need(Part part)
    {
        if (_paths[part].Value is { } path)
            return path;
        var reason = $"{part} is not on this machine; ./test.sh installs it or says how.";
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            Assert.Fail(reason);
        Assert.Skip(reason);
        return reason;
    }

    /// <summary>The path of a program on <c>PATH</c>, the first there is of these names.</summary>
    public static string? Find(params string[] names) =>
        names.SelectMany(name => Folders().Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin");

    // Debian keeps the server's programs off PATH, one folder a version.
    private static string? FindPostgres()
    {
        if (Find("initdb") is { } onPath && Find("postgres") is not null)
            return Path.GetDirectoryName(onPath);
        const string debian = "/usr/lib/postgresql";
        return !Directory.Exists(debian)
            ? null
            : Directory.GetDirectories(debian).Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
                .MaxBy(bin => int.TryParse(Path.GetFileName(Path.GetDirectoryName(bin)), out var version) ? version : 0);
    }

    private static string? FindNode()
    {
        var own = Path.Combine(Repository.Root, "Alumia.Lab.Tests", "node_modules", ".bin", "node");
        return new[] { Find("node"), own }.FirstOrDefault(node => File.Exists(node) && Major(node) >= 24);
    }

    private static int Major(string node)
    {
        using var process = Process.Start(new ProcessStartInfo(node, ["-p", "parseInt(process.versions.node)"]) { RedirectStandardOutput = true })!;
        return int.TryParse(process.StandardOutput.ReadToEnd(), out var major) ? major : 0;
    }
}
