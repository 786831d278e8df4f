namespace Alumia.Lab.Sandbox;

/// <summary>How a program that serves is called: like a command, but with its own environment, with the folders of its profile, and with the network where that says so.</summary>
internal sealed partial class Bubblewrap
{
    /// <summary>Where a program finds the folder of its own. No host keeps anything there, unlike <see cref="Folder"/>.</summary>
    public const string Home = "/home/server";

    // Names, and who vouches for whom; what else programs need for it is there for all.
    private static readonly string[] _network = ["/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/services", "/etc/protocols", "/etc/gai.conf", "/etc/ssl", "/etc/pki", "/etc/ca-certificates"];

    /// <summary>The environment of a program: that of commands with its own home, and what the configuration adds. It is inherited and not on the command line, where everybody could read it.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(SandboxProgram program)
    {
        var all = new Dictionary<string, string>(Environment) { ["HOME"] = Home, ["USER"] = "server", ["LOGNAME"] = "server" };
        foreach (var (name, value) in program.Environment)
            all[name] = value;
        return all;
    }

    /// <summary>The program to start and its arguments.</summary>
    /// <param name="program">What runs inside.</param>
    /// <param name="folder">The folder of its own, on this machine.</param>
    /// <param name="user">Who it is to be where the lab runs as root.</param>
    /// <param name="fileBytes">How large a file may grow.</param>
    /// <param name="status">A file into which bubblewrap writes the number of the sandbox's first process.</param>
    public IReadOnlyList<string> Program(SandboxProgram program, string folder, int? user, long fileBytes, string status) =>
    [
        programs.Shell, "-c", "echo 1000 > /proc/self/oom_score_adj; filter=$1; shift; exec \"$@\" 3>\"$0\" 4<\"$filter\"", status, Filter, programs.Nice, "-n", "5",
        programs.Bubblewrap, "--json-status-fd", "3", .. SystemCallFilter.Program is null ? [] : (string[])["--seccomp", "4"], .. Apart(user),
        .. program.Profile.Network ? [] : (string[])["--unshare-net"], .. System(), .. Own(folder, user, Home, FoldersOf(program.Profile)), "--chdir", "/", "--",
        // It serves for as long as it is used, so its processor time has no end.
        .. user is { } id ? Become(id) : [], .. Limits(fileBytes, null), programs.Shell, "-c", $"trap '' XFSZ; cd {Home} && exec \"$@\"", programs.Shell,
        program.Command, .. program.Arguments,
    ];

    private static IEnumerable<string> FoldersOf(SandboxProfile profile)
    {
        foreach (var path in profile.Network ? _network : [])
            foreach (var argument in (string[])["--ro-bind-try", path, path])
                yield return argument;
        foreach (var folder in profile.Folders)
            foreach (var argument in (string[])[.. OnTheWay(folder.Path), folder.Write ? "--bind" : "--ro-bind", folder.Path, folder.Path])
                yield return argument;
    }

    /// <summary>The folders above a path, made so that everybody may pass through them.</summary>
    private static IEnumerable<string> OnTheWay(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(1, Math.Max(0, parts.Length - 1)).SelectMany(count => (string[])["--perms", "0755", "--dir", $"/{string.Join('/', parts.Take(count))}"]);
    }
}
