using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Alumia.Lab.Sandbox;

/// <summary>The calls of Linux that .NET has no form of: files by their folder's handle, so that no link is ever followed. Names are bytes, for files have names that are no text.</summary>
internal static class Libc
{
    public const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, Exclusive = 0x80, NonBlocking = 0x800, CloseOnExec = 0x80000;
    public const int RemoveFolder = 0x200;
    public const int Kill = 9;

    /// <summary>The errors that callers tell apart.</summary>
    public const int NoEntry = 2, NoSpace = 28, Exists = 17, NotFolder = 20, IsFolder = 21, NotEmpty = 39, Loop = 40;

    private const int SetFlags = 2, CloseOnStart = 1, AtWorkingFolder = -100, NoFollowAt = 0x100, EmptyPath = 0x1000, BasicStats = 0x7ff;
    private static readonly bool _isArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    public static int Folder { get; } = _isArm ? 0x4000 : 0x10000;

    public static int NoFollow { get; } = _isArm ? 0x8000 : 0x20000;

    public static bool IsRoot { get; } = OperatingSystem.IsLinux() && geteuid() == 0;

    /// <summary>The error of the last call.</summary>
    public static int Error => Marshal.GetLastPInvokeError();

    /// <summary>Opens a folder that the lab itself has made, by its whole path.</summary>
    public static SafeFileHandle? OpenRoot(string path) => Wrap(openat(AtWorkingFolder, Bytes(path), ReadOnly | Folder | NoFollow | CloseOnExec, 0));

    /// <summary>Opens what a folder has under this name, unless it is a link; null and <see cref="Error"/> where that fails.</summary>
    public static SafeFileHandle? Open(SafeFileHandle folder, byte[] name, int flags, int mode = 0) =>
        Wrap(openat(Descriptor(folder), name, flags | NoFollow | CloseOnExec, mode));

    public static bool MakeFolder(SafeFileHandle folder, byte[] name, int mode) => mkdirat(Descriptor(folder), name, mode) == 0;

    public static bool Rename(SafeFileHandle folder, byte[] from, byte[] to) => renameat(Descriptor(folder), from, Descriptor(folder), to) == 0;

    public static bool Remove(SafeFileHandle folder, byte[] name, int flags = 0) => unlinkat(Descriptor(folder), name, flags) == 0;

    /// <summary>Gives what is open to a user.</summary>
    public static bool Give(SafeFileHandle file, int user) => fchown(Descriptor(file), (uint)user, (uint)user) == 0;

    public static bool SetMode(SafeFileHandle file, int mode) => fchmod(Descriptor(file), (uint)mode) == 0;

    /// <summary>What stands under a name, the link itself where it is one; null where nothing does.</summary>
    public static FileFacts? Facts(SafeFileHandle folder, byte[] name) =>
        statx(Descriptor(folder), name, NoFollowAt, BasicStats, out var facts) == 0 ? facts : null;

    public static FileFacts? Facts(SafeFileHandle file) => statx(Descriptor(file), [0], EmptyPath, BasicStats, out var facts) == 0 ? facts : null;

    /// <summary>What a path leads to, through links of the system's own (<c>/proc/1/fd/3</c>).</summary>
    public static FileFacts? FactsOf(string path) => statx(AtWorkingFolder, Bytes(path), 0, BasicStats, out var facts) == 0 ? facts : null;

    /// <summary>The names in an open folder, without <c>.</c> and <c>..</c>.</summary>
    public static IEnumerable<byte[]> Names(SafeFileHandle folder)
    {
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var length = (int)getdents64(Descriptor(folder), buffer, (nuint)buffer.Length);
            if (length <= 0)
                yield break;
            for (var at = 0; at < length; at += BitConverter.ToUInt16(buffer, at + 16))
            {
                var end = Array.IndexOf(buffer, (byte)0, at + 19);
                var name = buffer[(at + 19)..(end + 1)];
                if (name is not ([(byte)'.', 0] or [(byte)'.', (byte)'.', 0]))
                    yield return name;
            }
        }
    }

    public static bool Signal(int process, int signal) => kill(process, signal) == 0;

    /// <summary>How many files and folders the file system of exactly this size has; 0 where another one stands there, as it does until a sandbox is built.</summary>
    public static long FilesIn(string path, long bytes)
    {
        // In the order of the kernel's structure: kind, block size, blocks, free, free for users, files, free files.
        var facts = new long[64];
        return statfs(Bytes(path), facts) == 0 && facts[1] * facts[2] == bytes ? facts[5] - facts[6] : 0;
    }

    /// <summary>
    /// Keeps whatever this process has open from the programs that it starts. What .NET opens is kept so already; what the lab itself was
    /// started with (a pipe of the service manager, a terminal) is not.
    /// </summary>
    public static void KeepToItself()
    {
        foreach (var path in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture, out var descriptor) && descriptor > 2)
                _ = fcntl(descriptor, SetFlags, CloseOnStart);
        }
    }

    /// <summary>A name or path as the system takes it: UTF-8, with a NUL at its end.</summary>
    public static byte[] Bytes(string text) => [.. System.Text.Encoding.UTF8.GetBytes(text), 0];

    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static SafeFileHandle? Wrap(int descriptor) => descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);

#pragma warning disable SYSLIB1054, CA2101, IDE1006 // Source-made marshalling would need unsafe code in the whole lab; the names are the system's.
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int openat(int folder, byte[] path, int flags, int mode);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int mkdirat(int folder, byte[] path, int mode);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int renameat(int from, byte[] old, int to, byte[] name);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int unlinkat(int folder, byte[] path, int flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fchown(int file, uint user, uint group);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fchmod(int file, uint mode);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(int folder, byte[] path, int flags, int mask, out FileFacts facts);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint getdents64(int folder, byte[] buffer, nuint size);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statfs(byte[] path, [Out] long[] facts);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fcntl(int file, int command, int value);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();
#pragma warning restore SYSLIB1054, CA2101, IDE1006
}

/// <summary>The kernel's <c>struct statx</c>, the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileFacts
{
    [FieldOffset(20)] private readonly uint _owner;
    [FieldOffset(28)] private readonly ushort _mode;
    [FieldOffset(32)] private readonly ulong _inode;
    [FieldOffset(40)] private readonly ulong _size;
    [FieldOffset(48)] private readonly ulong _blocks;
    [FieldOffset(112)] private readonly long _changedSeconds;

    /// <summary>Whose it is: the number of a user.</summary>
    public int Owner => (int)_owner;

    public bool IsFile => (_mode & 0xF000) == 0x8000;

    public bool IsFolder => (_mode & 0xF000) == 0x4000;

    public bool IsLink => (_mode & 0xF000) == 0xA000;

    /// <summary>The nine bits of who may do what.</summary>
    public int Rights => _mode & 0x1FF;

    public ulong Inode => _inode;

    public long Size => (long)_size;

    /// <summary>What it takes on the disk, in bytes.</summary>
    public long OnDisk => (long)_blocks * 512;

    /// <summary>UTC ms.</summary>
    public long ChangedAtMs => _changedSeconds * 1000;
}
