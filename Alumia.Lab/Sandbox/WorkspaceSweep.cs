using Alumia.Lab.Sessions;

namespace Alumia.Lab.Sandbox;

/// <summary>Deletes the folders, on this machine, of sessions that are gone for good; also those that a crash has left.</summary>
public sealed class WorkspaceSweep(Workspaces workspaces, SessionForgetting sessions, ILogger<WorkspaceSweep> log)
{
    private const int AtOnce = 500;

    /// <summary>Returns how many folders went.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(workspaces.Folder))
            return 0;
        var swept = 0;
        // A folder is made after its session, so one that is listed and unknown is left over.
        foreach (var names in Directory.EnumerateDirectories(workspaces.Folder, "ses_*").Select(path => Path.GetFileName(path)).Chunk(AtOnce))
            foreach (var name in await sessions.UnknownAsync(names, cancellation))
                swept += Delete(Path.Combine(workspaces.Folder, name)) ? 1 : 0;
        return swept;
    }

    private bool Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true); // Links in it are deleted, not followed.
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("The folder {Folder} of a session that is gone could not be deleted: {Why}", folder, exception.Message);
            return false;
        }
    }
}
