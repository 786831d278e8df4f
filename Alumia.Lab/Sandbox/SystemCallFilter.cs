using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Alumia.Lab.Sandbox;

/// <summary>
/// The seccomp program of the sandbox: it refuses the calls that no command needs and that reach deep into the kernel, or hold memory that
/// nobody can count: further user namespaces, mounts, keys, kernel modules, tracing programs, large System V memory. The rest passes.
/// </summary>
internal static class SystemCallFilter
{
    private const uint Allow = 0x7FFF0000, Refuse = 0x00050000, NotPermitted = 1, NoMemory = 12, NoSuchCall = 38;
    private const uint NewUser = 0x10000000, OldBinaries = 0x40000000, MostShared = 65_536;
    private const ushort Load = 0x20, IfEqual = 0x15, IfAtLeast = 0x35, IfAbove = 0x25, IfAny = 0x45, Return = 0x06;
    private const uint Number = 0, Processor = 4, FirstArgument = 16, SecondArgument = 24;

    // Those of the newest calls have one number on every processor.
    private static readonly uint[] _everywhere = [425, 428, 429, 430, 431, 432, 442];

    private static readonly Calls? _calls = RuntimeInformation.ProcessArchitecture switch
    {
        // In the order: setns, add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, mount, umount2, pivot_root, chroot, kexec_load,
        // kexec_file_load, init_module, finit_module, delete_module, reboot, swapon, swapoff, acct, quotactl, syslog, open_by_handle_at, msgget.
        Architecture.X64 => new(0xC000003E, 56, 272, 29, [308, 248, 249, 250, 321, 298, 323, 165, 166, 155, 161, 246, 320, 175, 313, 176, 169, 167, 168, 163, 179, 103, 304, 68]),
        Architecture.Arm64 => new(0xC00000B7, 220, 97, 194, [268, 217, 218, 219, 280, 241, 282, 40, 39, 41, 51, 104, 294, 105, 273, 106, 142, 224, 225, 89, 60, 116, 265, 186]),
        _ => null,
    };

    /// <summary>The program as bubblewrap reads it; null on a processor whose calls are not known here.</summary>
    public static byte[]? Program { get; } = _calls is null ? null : Write(_calls);

    private static byte[] Write(Calls calls)
    {
        const uint Clone3 = 435;
        List<(ushort Code, byte Then, byte Else, uint Value)> program =
        [
            (Load, 0, 0, Processor), (IfEqual, 1, 0, calls.Processor), (Return, 0, 0, Refuse | NoSuchCall),
            (Load, 0, 0, Number), (IfAtLeast, 0, 1, OldBinaries), (Return, 0, 0, Refuse | NoSuchCall),
            // Its flags cannot be seen from here; libraries then take the older call.
            (IfEqual, 0, 1, Clone3), (Return, 0, 0, Refuse | NoSuchCall),
            .. calls.Refused.Concat(_everywhere).SelectMany(call => new[] { (IfEqual, (byte)0, (byte)1, call), (Return, (byte)0, (byte)0, Refuse | NotPermitted) }),
            .. new[] { calls.Fork, calls.Unshare }.SelectMany(call => new[]
            {
                (IfEqual, (byte)0, (byte)4, call), (Load, (byte)0, (byte)0, FirstArgument), (IfAny, (byte)0, (byte)1, NewUser),
                (Return, (byte)0, (byte)0, Refuse | NotPermitted), (Return, (byte)0, (byte)0, Allow),
            }),
            (IfEqual, 0, 6, calls.SharedMemory), (Load, 0, 0, SecondArgument + 4), (IfEqual, 0, 2, 0), (Load, 0, 0, SecondArgument), (IfAbove, 0, 1, MostShared),
            (Return, 0, 0, Refuse | NoMemory), (Return, 0, 0, Allow),
            (Return, 0, 0, Allow),
        ];
        var bytes = new byte[program.Count * 8];
        for (var i = 0; i < program.Count; i++)
        {
            var at = bytes.AsSpan(i * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, program[i].Code);
            (at[2], at[3]) = (program[i].Then, program[i].Else);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], program[i].Value);
        }
        return bytes;
    }

    private sealed record Calls(uint Processor, uint Fork, uint Unshare, uint SharedMemory, uint[] Refused);
}
