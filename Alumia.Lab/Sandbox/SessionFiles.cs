using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sandbox;

/// <summary>What a session's folder holds, and how much of its room is used (bytes).</summary>
public sealed record FileList(IReadOnlyList<WorkspaceEntry> Entries, bool HasMore, long UsedBytes, long MostBytes);

/// <summary>The files of sessions as people see them: who sees the session sees its files, members write there.</summary>
public sealed class SessionFiles(Conversations conversations, Workspaces workspaces, Writer writer, IOptions<SandboxOptions> options)
{
    private const int MostListed = 500;

    /// <summary>The most that a person may upload at once, in bytes.</summary>
    public long MostUpload => options.Value.UploadMb * 1024L * 1024;

    /// <exception cref="Refusal">There is no such session for this person.</exception>
    public async Task<FileList> ListAsync(OrgScope scope, string sessionId, CancellationToken cancellation)
    {
        await conversations.FindAsync(scope, sessionId, cancellation);
        var workspace = workspaces.Of(sessionId);
        // Reading a large folder keeps a thread busy, and must not be the page's.
        return await Task.Run(() =>
        {
            var entries = workspace.List(WorkspacePath.Parse(""), MostListed + 1);
            return new FileList([.. entries.Take(MostListed)], entries.Count > MostListed, workspace.Use().Bytes, options.Value.DiskBytes);
        }, cancellation);
    }

    /// <summary>Opens a file to be handed to a person.</summary>
    /// <exception cref="Refusal">There is no such session or file for this person.</exception>
    public async Task<FileStream> OpenAsync(OrgScope scope, string sessionId, string path, CancellationToken cancellation)
    {
        await conversations.FindAsync(scope, sessionId, cancellation);
        return workspaces.Of(sessionId).Read(WorkspacePath.Parse(path), out _);
    }

    /// <summary>Stores an upload; one of the same name is replaced.</summary>
    /// <exception cref="Refusal">Not found, not for viewers, no name for a file, or no room.</exception>
    public async Task SaveAsync(OrgScope scope, string sessionId, string path, Stream content, CancellationToken cancellation)
    {
        await conversations.FindAsync(scope, sessionId, cancellation);
        scope.Require(OrgRole.Member);
        await workspaces.Of(sessionId).WriteAsync(WorkspacePath.Parse(path), content, cancellation);
        await Workspaces.TellAsync(writer, sessionId);
    }

    /// <exception cref="Refusal">Not found, not for viewers, or a folder with something in it.</exception>
    public async Task DeleteAsync(OrgScope scope, string sessionId, string path, CancellationToken cancellation)
    {
        await conversations.FindAsync(scope, sessionId, cancellation);
        scope.Require(OrgRole.Member);
        workspaces.Of(sessionId).Delete(WorkspacePath.Parse(path));
        await Workspaces.TellAsync(writer, sessionId);
    }
}
