using System.Globalization;

namespace Alumia.Lab.Sandbox;

/// <summary>
/// How bubblewrap is called: no network, its own processes, messages and mounts, of the host only programs and libraries, read-only, and
/// one folder to write. Root sets this stage itself and then becomes a user without a name, so that the user needs no way to the folder;
/// anybody else builds it in a user namespace, inside of which no further one can be made.
/// </summary>
internal sealed partial class Bubblewrap(SandboxPrograms programs, SandboxOptions options, string configuration)
{
    private static readonly string[] _system = ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "share", "include"];
    private static readonly string[] _settings = ["/etc/alternatives", "/etc/ld.so.cache", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/localtime", "/etc/mime.types"];

    /// <summary>The environment of a command, whole: nothing of the lab's own is in it.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["PATH"] = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        ["HOME"] = Folder,
        ["USER"] = "agent",
        ["LOGNAME"] = "agent",
        ["SHELL"] = "/bin/sh",
        ["LANG"] = "C.UTF-8",
        ["TERM"] = "xterm-256color",
        ["TMPDIR"] = "/tmp",
        ["PAGER"] = "cat",
        // Python would keep its output to itself until it ends.
        ["PYTHONUNBUFFERED"] = "1",
    };

    /// <summary>Where a command finds its session's folder.</summary>
    public const string Folder = "/work";

    /// <summary>How much smaller <c>/dev/shm</c> is than <c>/tmp</c>.</summary>
    public const int SharedPart = 4;

    /// <summary>The program to start and its arguments, for one command in one folder.</summary>
    /// <param name="folder">The folder to write, on this machine.</param>
    /// <param name="user">Who the command is to be where the lab runs as root.</param>
    /// <param name="command">For the shell.</param>
    /// <param name="fileBytes">How large a file may grow; 0 where nothing may be written any more.</param>
    /// <param name="status">A file into which bubblewrap writes the number of the sandbox's first process.</param>
    public IReadOnlyList<string> Command(string folder, int? user, string command, long fileBytes, string status) =>
    [
        // Where memory runs out in the whole machine, this goes first; and it waits behind the lab for the processor.
        programs.Shell, "-c", "echo 1000 > /proc/self/oom_score_adj; filter=$1; shift; exec \"$@\" 3>\"$0\" 4<\"$filter\"", status, Filter, programs.Nice, "-n", "5",
        programs.Bubblewrap, "--json-status-fd", "3", .. SystemCallFilter.Program is null ? [] : (string[])["--seccomp", "4"], .. Apart(user), "--unshare-net", .. Clean(), .. System(), .. Own(folder, user), "--chdir", "/", "--",
        // The folder is entered last: it is the user's alone, and shut to what bubblewrap is before. A write beyond the limit fails, and ends nobody.
        .. user is { } id ? Become(id) : [], .. Limits(fileBytes, options.CpuSeconds), programs.Shell, "-c", $"trap '' XFSZ; cd {Folder} && exec \"$0\" -c \"$1\"", programs.Shell, command,
    ];

    private IEnumerable<string> Apart(int? user) =>
    [
        "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox", "--new-session", "--die-with-parent",
        "--cap-drop", "ALL",
        .. user is null
            ? programs.CanForbidNamespaces ? (string[])["--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"] : ["--unshare-user", "--uid", "1000", "--gid", "1000"]
            : ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"],
    ];

    private static IEnumerable<string> Clean() => ["--clearenv", .. Environment.SelectMany(each => (string[])["--setenv", each.Key, each.Value])];

    private List<string> System()
    {
        // Folders that bubblewrap makes on the way are its own user's alone.
        var arguments = new List<string>(["--perms", "0755", "--dir", "/usr", "--perms", "0755", "--dir", "/etc"]);
        foreach (var name in _system)
        {
            arguments.AddRange(["--ro-bind-try", $"/usr/{name}", $"/usr/{name}"]);
            if (new DirectoryInfo($"/{name}") is { Exists: true } top)
                arguments.AddRange(top.LinkTarget is { } target ? ["--symlink", target, $"/{name}"] : ["--ro-bind", $"/{name}", $"/{name}"]);
        }
        foreach (var path in _settings.Concat(options.ReadOnly))
            arguments.AddRange([.. OnTheWay(path), "--ro-bind-try", path, path]);
        return arguments;
    }

    private IEnumerable<string> Own(string folder, int? user, string at = Folder, IEnumerable<string>? more = null) =>
    [
        "--ro-bind", Names(user ?? 1000), "/etc/passwd",
        "--ro-bind", Path.Combine(configuration, "hosts"), "/etc/hosts",
        "--proc", "/proc", "--dev", "/dev",
        "--perms", "1777", "--size", Number(options.TmpBytes / SharedPart), "--tmpfs", "/dev/shm",
        "--perms", "1777", "--size", Number(options.TmpBytes), "--tmpfs", "/tmp",
        .. at == Folder ? [] : OnTheWay(at), "--bind", folder, at,
        .. more ?? [],
        // What bubblewrap made for itself lives in memory too.
        "--remount-ro", "/dev", "--remount-ro", "/",
    ];

    private string Filter => Path.Combine(configuration, "filter");

    /// <summary>A new name for the file of <see cref="Command"/>'s status.</summary>
    public string NewStatus() => Path.Combine(configuration, $"run-{Guid.NewGuid():N}");

    /// <summary>A list of users with the one that the command is; made once for each.</summary>
    private string Names(int user)
    {
        var name = $"passwd-{user}";
        var path = Path.Combine(configuration, name);
        if (!File.Exists(path))
            SandboxSupport.Write(configuration, name, $"root:x:0:0:root:/:/usr/sbin/nologin\nagent:x:{user}:{user}::{Folder}:/bin/sh\n");
        return path;
    }

    private string[] Become(int user) =>
    [
        programs.SetPrivileges, $"--reuid={Number(user)}", $"--regid={Number(user)}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs",
    ];

    private string[] Limits(long fileBytes, long? cpuSeconds) =>
    [
        programs.SetLimits, $"--nproc={Number(programs.ProcessLimit(options.Processes))}", $"--fsize={Number(fileBytes)}", .. cpuSeconds is { } cpu ? (string[])[$"--cpu={Number(cpu)}"] : [],
        $"--data={Number(options.MemoryBytes)}", "--nofile=512", "--core=0", "--memlock=0",
    ];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
