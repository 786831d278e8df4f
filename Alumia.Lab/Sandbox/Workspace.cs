using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Alumia.Lab.Sandbox;

/// <summary>A file or folder of a session: its path from the folder on, its size in bytes, and when it was changed (UTC ms).</summary>
public sealed record WorkspaceEntry(string Path, bool IsFolder, bool IsLink, long Size, long ChangedAtMs);

/// <summary>
/// One session's folder, as the lab itself reads and writes it. Commands may have put anything there: links out of it, pipes, devices. So each
/// part of a path is opened from the one before it and never through a link, and nothing but plain files is read.
/// </summary>
public sealed class Workspace
{
    private const int FolderMode = 0x1C0 + 0x28 + 0x5; // 0755
    private const int FileMode = 0x1A4; // 0644
    private readonly string _root;
    private readonly int? _user;
    private readonly SandboxOptions _options;

    internal Workspace(string root, int? user, SandboxOptions options) => (_root, _user, _options) = (root, user, options);

    /// <summary>The whole path on this machine.</summary>
    internal string Root => _root;

    /// <summary>Whose the folder is where the lab runs as root; null where it is the lab's own.</summary>
    internal int? User => _user;

    /// <summary>Makes the folder where it is not there yet.</summary>
    internal void Prepare()
    {
        if (Directory.Exists(_root) || OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var root = Libc.OpenRoot(_root) ?? throw Failed("made");
        Give(root);
    }

    /// <summary>Gives the folder to its user again, who may be another one than last time.</summary>
    internal void Own()
    {
        using var root = Libc.OpenRoot(_root) ?? throw Failed("opened");
        Give(root);
    }

    /// <summary>What the folder takes on the disk, and how many files and folders there are; stops counting at the limit.</summary>
    internal WorkspaceUse Use() => WorkspaceUse.Measure(_root, _options.Files);

    /// <summary>What a folder holds, with all in its own folders, by path; at most so many.</summary>
    /// <exception cref="Refusal">There is no such folder.</exception>
    public IReadOnlyList<WorkspaceEntry> List(WorkspacePath path, int most)
    {
        var entries = new List<WorkspaceEntry>();
        if (path.IsRoot && !Directory.Exists(_root))
            return entries;
        using var folder = OpenFolder(path.Parts, make: false);
        Collect(folder, path.Text, entries, most);
        return [.. entries.OrderBy(entry => entry.Path, StringComparer.Ordinal)];
    }

    /// <summary>Opens a file to be read, and tells its size.</summary>
    /// <exception cref="Refusal">There is no such file, or it is no plain file.</exception>
    public FileStream Read(WorkspacePath path, out WorkspaceEntry entry)
    {
        using var folder = OpenFolder(Before(path), make: false);
        // A pipe would keep the reader waiting for ever.
        var file = Libc.Open(folder, Libc.Bytes(path.Name), Libc.ReadOnly | Libc.NonBlocking);
        if (file is null)
            throw Libc.Error == Libc.Loop ? IsLink(path) : NoSuch(path);
        if (Libc.Facts(file) is not { IsFile: true } facts)
        {
            file.Dispose();
            throw Refusal.Invalid("path", $"{path.Text} is a folder, or no plain file.");
        }
        entry = new WorkspaceEntry(path.Text, false, false, facts.Size, facts.ChangedAtMs);
        return new FileStream(file, FileAccess.Read);
    }

    /// <summary>Writes a file whole: it is there with all of its content, or as it was before. Folders on the way are made.</summary>
    /// <exception cref="Refusal">The path is no good, or the folder is full.</exception>
    public async Task<long> WriteAsync(WorkspacePath path, Stream content, CancellationToken cancellation)
    {
        if (path.IsRoot)
            throw Refusal.Invalid("path", "Name a file.");
        Prepare();
        var use = Use();
        if (use.Entries >= _options.Files)
            throw Full($"it has {use.Entries:N0} files and folders, as many as it may");
        using var folder = OpenFolder(Before(path), make: true);
        var (name, made) = (Libc.Bytes(path.Name), Libc.Bytes($".{Guid.NewGuid():N}.part"));
        var old = Libc.Facts(folder, name);
        if (old is { IsFolder: true })
            throw Refusal.Invalid("path", $"{path.Text} is a folder.");
        var room = _options.DiskBytes - use.Bytes + (old?.OnDisk ?? 0);
        using var file = Libc.Open(folder, made, Libc.WriteOnly | Libc.Create | Libc.Exclusive, FileMode) ?? throw Failed("written");
        try
        {
            await using var stream = new FileStream(file, FileAccess.Write, bufferSize: 0);
            await CopyAsync(content, stream, room, cancellation);
            if (old is { IsFile: true } before)
                Libc.SetMode(file, before.Rights | FileMode);
            Give(file);
            var length = stream.Length;
            if (!Libc.Rename(folder, made, name))
                throw Failed("written");
            return length;
        }
        catch
        {
            Libc.Remove(folder, made);
            throw;
        }
    }

    /// <summary>Takes a file away, or a link, or a folder with nothing in it.</summary>
    /// <exception cref="Refusal">It is not there, or a folder that holds something.</exception>
    public void Delete(WorkspacePath path)
    {
        using var folder = OpenFolder(Before(path), make: false);
        var name = Libc.Bytes(path.Name);
        var facts = Libc.Facts(folder, name) ?? throw NoSuch(path);
        if (!Libc.Remove(folder, name, facts.IsFolder ? Libc.RemoveFolder : 0))
            throw Libc.Error == Libc.NotEmpty ? Refusal.Conflict($"{path.Text} is a folder that is not empty.") : NoSuch(path);
    }

    private async Task CopyAsync(Stream content, FileStream file, long room, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
        {
            if ((room -= read) < 0)
                throw Full($"it may hold {_options.DiskMb:N0} MB");
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }

    private static void Collect(SafeFileHandle folder, string path, List<WorkspaceEntry> entries, int most)
    {
        foreach (var bytes in Libc.Names(folder))
        {
            if (entries.Count >= most)
                return;
            if (Libc.Facts(folder, bytes) is not { } facts)
                continue;
            var name = Encoding.UTF8.GetString(bytes.AsSpan(0, bytes.Length - 1));
            var at = path.Length == 0 ? name : $"{path}/{name}";
            entries.Add(new WorkspaceEntry(at, facts.IsFolder, facts.IsLink, facts.IsFolder ? 0 : facts.Size, facts.ChangedAtMs));
            if (!facts.IsFolder || at.Count(letter => letter == '/') >= WorkspaceUse.Deepest)
                continue;
            using var inner = Libc.Open(folder, bytes, Libc.ReadOnly | Libc.Folder);
            if (inner is not null)
                Collect(inner, at, entries, most);
        }
    }

    private SafeFileHandle OpenFolder(IEnumerable<string> parts, bool make)
    {
        var folder = Libc.OpenRoot(_root) ?? throw Refusal.NotFound("file or folder");
        foreach (var part in parts)
        {
            var name = Libc.Bytes(part);
            var inner = Libc.Open(folder, name, Libc.ReadOnly | Libc.Folder);
            if (inner is null && make && Libc.Error == Libc.NoEntry && Libc.MakeFolder(folder, name, FolderMode))
            {
                inner = Libc.Open(folder, name, Libc.ReadOnly | Libc.Folder);
                if (inner is not null)
                    Give(inner);
            }
            var error = Libc.Error;
            folder.Dispose();
            // A link is told as "not a folder", since folders are all that is asked for.
            folder = inner ?? throw (error is Libc.NoEntry ? Refusal.NotFound($"folder: {part}") : Refusal.Invalid("path", $"{part} is no folder, or a link, which is not followed."));
        }
        return folder;
    }

    private void Give(SafeFileHandle made)
    {
        if (_user is { } user && !Libc.Give(made, user))
            throw Failed("given to the user of the sandbox");
    }

    private static IEnumerable<string> Before(WorkspacePath path) => path.Parts.SkipLast(1);

    private static Refusal NoSuch(WorkspacePath path) => Refusal.NotFound($"file: {path.Text}");

    private static Refusal IsLink(WorkspacePath path) => Refusal.Invalid("path", $"{path.Text} is a symbolic link, which is not followed. Name the file itself.");

    private static Refusal Full(FormattableString why) => new(RefusalKind.TooLarge, $"The session's folder is full: {FormattableString.Invariant(why)}. Delete something first.");

    private static Refusal Failed(string what) => new(RefusalKind.Unavailable, Libc.Error == Libc.NoSpace
        ? "The lab's disk is full." : $"The file or folder could not be {what} (error {Libc.Error}).");
}
