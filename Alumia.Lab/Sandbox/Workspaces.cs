using Alumia.Lab.Storage;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sandbox;

/// <summary>Knows each session's folder. They lie in the lab's data folder, under <c>sessions/</c>, which nobody but the lab may enter.</summary>
public sealed class Workspaces(IOptions<StorageOptions> storage, IOptions<SandboxOptions> options)
{
    private const int Users = 1_000;

    /// <summary>The change key of a session's files.</summary>
    public static string Key(string sessionId) => $"files:{sessionId}";

    /// <summary>Tells that the files of a session may have changed.</summary>
    internal static Task TellAsync(Writer writer, string sessionId) => writer.Write(tx => tx.Changed(Key(sessionId)), CancellationToken.None);

    /// <summary>The folder of all folders.</summary>
    internal string Folder => Path.Combine(storage.Value.FullDirectory, "sessions");

    /// <summary>A session's folder, which may not be there yet. Who calls has seen to it that the session may be touched.</summary>
    /// <exception cref="Refusal">This is no Linux.</exception>
    public Workspace Of(string sessionId)
    {
        if (!OperatingSystem.IsLinux())
            throw new Refusal(RefusalKind.Unavailable, "Sessions have files on Linux only.");
        if (sessionId.Length == 0 || !sessionId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
            throw Refusal.NotFound("session");
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new Workspace(Path.Combine(Folder, sessionId), Libc.IsRoot ? UserOf(sessionId) : null, options.Value);
    }

    /// <summary>The user of a session's commands where the lab runs as root: always the same for one session, and rarely that of another.</summary>
    internal int UserOf(string sessionId) =>
        options.Value.FirstUser + (int)(sessionId.Aggregate(2166136261u, (hash, letter) => (hash ^ letter) * 16777619u) % Users);
}
