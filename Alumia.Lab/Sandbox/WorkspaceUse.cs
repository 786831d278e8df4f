using Microsoft.Win32.SafeHandles;

namespace Alumia.Lab.Sandbox;

/// <summary>What a session's folder takes: bytes on the disk, files and folders, and whether counting stopped because there are too many or they lie too deep.</summary>
internal sealed record WorkspaceUse(long Bytes, int Entries, bool IsBeyond)
{
    /// <summary>Folders in folders, at the most.</summary>
    public const int Deepest = 40;

    private const int FolderBytes = 4096;

    /// <summary>Counts what lies under a folder, each file once however many names it has.</summary>
    public static WorkspaceUse Measure(string root, int mostEntries)
    {
        using var folder = Libc.OpenRoot(root);
        if (folder is null)
            return new WorkspaceUse(0, 0, false);
        var count = new Count(mostEntries);
        count.Add(folder, 0);
        return new WorkspaceUse(count.Bytes, count.Entries, count.IsBeyond);
    }

    private sealed class Count(int most)
    {
        private readonly HashSet<ulong> _seen = [];

        public long Bytes { get; private set; }

        public int Entries { get; private set; }

        public bool IsBeyond { get; private set; }

        public void Add(SafeFileHandle folder, int depth)
        {
            foreach (var name in Libc.Names(folder))
            {
                if (++Entries > most || depth > Deepest)
                    IsBeyond = true;
                if (IsBeyond)
                    return;
                if (Libc.Facts(folder, name) is not { } facts || !_seen.Add(facts.Inode))
                    continue;
                Bytes += Math.Max(facts.OnDisk, facts.IsFolder ? FolderBytes : 0);
                if (!facts.IsFolder)
                    continue;
                using var inner = Libc.Open(folder, name, Libc.ReadOnly | Libc.Folder);
                if (inner is not null)
                    Add(inner, depth + 1);
            }
        }
    }
}
