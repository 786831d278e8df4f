using Alumia.Lab.Storage;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sandbox;

/// <summary>Starts programs that serve, each in a sandbox with a folder of its own, which stays. They are bounded as commands are, but for time.</summary>
public sealed class ProgramRunner
{
    // It is looked at for as long as it serves, so less often than a command.
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(500);

    private readonly SandboxSupport _support;
    private readonly Workspaces _workspaces;
    private readonly TimeProvider _clock;
    private readonly SandboxOptions _options;
    private readonly string _folder;

    internal ProgramRunner(SandboxSupport support, Workspaces workspaces, TimeProvider clock, IOptions<SandboxOptions> options, IOptions<StorageOptions> storage) =>
        (_support, _workspaces, _clock, _options, _folder) = (support, workspaces, clock, options.Value, Path.Combine(storage.Value.FullDirectory, "programs"));

    /// <summary>Starts it. Disposing what comes back ends all of its processes.</summary>
    /// <exception cref="Refusal">No sandbox can run on this machine, or a folder of the profile is not there.</exception>
    public async Task<RunningProgram> StartAsync(SandboxProgram program, CancellationToken cancellation)
    {
        var bubblewrap = await _support.GetAsync(cancellation);
        foreach (var folder in program.Profile.Folders)
        {
            if (!Path.IsPathRooted(folder.Path) || !Path.Exists(folder.Path))
                throw new Refusal(RefusalKind.Unavailable, $"The folder {folder.Path} of its sandbox profile is not on this machine.");
        }
        var user = Libc.IsRoot ? UserOf(program) : (int?)null;
        if (!OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var workspace = new Workspace(Path.Combine(_folder, program.Id), user, _options);
        workspace.Prepare();
        workspace.Own();
        var status = bubblewrap.NewStatus();
        var command = bubblewrap.Program(program, workspace.Root, user, _options.DiskBytes, status);
        var process = await SandboxProcess.StartAsync(command, status, _clock, Bubblewrap.EnvironmentOf(program));
        var bounds = new SandboxOptions { MemoryMb = _options.MemoryMb, Processes = _options.Processes, DiskMb = _options.DiskMb, Files = _options.Files, TmpMb = _options.TmpMb, CpuSeconds = int.MaxValue };
        return new RunningProgram(process, new TreeWatch(process, workspace, bounds, TimeSpan.MaxValue, _options.DiskBytes, _clock, _look).RunAsync());
    }

    /// <summary>Whoever owns the first folder that it may write, so that it can; a user without a name where that is root, or nothing may be written.</summary>
    private int UserOf(SandboxProgram program) =>
        program.Profile.Folders.FirstOrDefault(folder => folder.Write) is { } folder && Libc.FactsOf(folder.Path) is { Owner: > 0 } facts ? facts.Owner : _workspaces.UserOf(program.Id);
}
