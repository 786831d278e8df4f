using System.Diagnostics;
using Alumia.Lab.Storage;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sandbox;

/// <summary>Finds out whether commands can run here at all, once, by running one; where they cannot, the next call tries again.</summary>
internal sealed class SandboxSupport(IOptions<SandboxOptions> options, IOptions<StorageOptions> storage, ILogger<SandboxSupport> log)
{
    private readonly SemaphoreSlim _one = new(1);
    private Bubblewrap? _works;

    /// <summary>The way to call bubblewrap on this machine.</summary>
    /// <exception cref="Refusal">Unavailable: what is missing, and how to install it.</exception>
    public async Task<Bubblewrap> GetAsync(CancellationToken cancellation)
    {
        if (_works is { } known)
            return known;
        await _one.WaitAsync(cancellation);
        try
        {
            return _works ??= await TryAsync(cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<Bubblewrap> TryAsync(CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            throw Missing("The sandbox needs Linux.");
        string Need(string name) => SandboxPrograms.Find(name) ?? throw Missing($"The sandbox needs the program {name}, which is not on this machine. {SandboxPrograms.HowToInstall}");
        var programs = new SandboxPrograms(options.Value.Bubblewrap ?? Need("bwrap"), Need("setpriv"), Need("prlimit"), Need("nice"), SandboxPrograms.Find("bash") ?? Need("sh"), true);
        if (!File.Exists(programs.Bubblewrap))
            throw Missing($"The sandbox needs bubblewrap, and {programs.Bubblewrap} is not there. {SandboxPrograms.HowToInstall}");
        var configuration = Configure();
        Libc.KeepToItself();
        var first = "";
        // Older versions of bubblewrap cannot forbid further namespaces.
        foreach (var each in new[] { programs, programs with { CanForbidNamespaces = false } })
        {
            var bubblewrap = new Bubblewrap(each, options.Value, configuration);
            if (await FailureAsync(bubblewrap, cancellation) is not { } failure)
                return bubblewrap;
            first = first.Length == 0 ? failure : first;
        }
        log.LogWarning("The sandbox does not work: {Failure}", first);
        throw Missing($"The sandbox does not work on this machine: {first} User namespaces may be off for ordinary users, or bubblewrap older than 0.8. {SandboxPrograms.HowToInstall}");
    }

    private async Task<string?> FailureAsync(Bubblewrap bubblewrap, CancellationToken cancellation)
    {
        var folder = Path.Combine(Folder, "empty");
        Directory.CreateDirectory(folder);
        var status = bubblewrap.NewStatus();
        var command = bubblewrap.Command(folder, Libc.IsRoot ? options.Value.FirstUser : null, "exit 42", 0, status);
        using var process = new Process { StartInfo = SandboxProcess.StartOf(command) };
        process.Start();
        process.StandardInput.Close();
        var said = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        var words = (await said).Trim();
        File.Delete(status);
        return process.ExitCode == 42 ? null : words.Length > 0 ? $"{words[..Math.Min(words.Length, 300)].TrimEnd('.')}." : $"it ended with {process.ExitCode}.";
    }

    private string Folder => Path.Combine(storage.Value.FullDirectory, "sandbox");

    /// <summary>The filter of system calls, and the few files of <c>/etc</c> that programs ask for: names without addresses.</summary>
    private string Configure()
    {
        Directory.CreateDirectory(Folder);
        Write(Folder, "hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n");
        File.WriteAllBytes(Path.Combine(Folder, "filter"), SystemCallFilter.Program ?? []);
        return Folder;
    }

    /// <summary>Writes a file that the user of the sandbox can read, however the lab's own files are made.</summary>
    internal static void Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static Refusal Missing(string why) => new(RefusalKind.Unavailable, why);
}
