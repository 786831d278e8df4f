using System.Diagnostics;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>A command tries to use up the machine, and to live on after its end.</summary>
public sealed class BombAttackTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;
    private readonly SandboxBench _bench;
    private readonly string _mark = $"9{Random.Shared.Next(1_000_000, 9_999_999)}.75";

    public BombAttackTests()
    {
        Namespaces.Need();
        _bench = new SandboxBench(options =>
        {
            (options.MemoryMb, options.DiskMb, options.Files, options.Processes, options.CpuSeconds, options.TmpMb) = (192, 24, 400, 40, 60, 16);
        });
    }

    public void Dispose() => _bench.Dispose();

    /// <summary>What a command does, and by which bound it has to end where it must not end by itself.</summary>
    private static readonly (string Command, SandboxLimit? End)[] _bombs =
    [
        ("b() { b | b & }; b; sleep 1", null),
        ($"python3 -c \"import os,time\nn=0\ntry:\n  while True:\n    n+=1\n    if os.fork()==0: time.sleep(100)\nexcept OSError: pass\nprint('BROKE'+'-OUT' if n>60 else n)\"", null),
        ("python3 -c \"import threading,time\nn=0\ntry:\n  while n<500:\n    threading.Thread(target=time.sleep,args=(100,),daemon=True).start(); n+=1\nexcept RuntimeError: pass\nprint('BROKE'+'-OUT' if n>60 else n)\"", null),
        ($"head -c 1G /dev/zero | tail | wc -c | awk '$1 > 900000000 {{ print \"BROKE\" \"-OUT\" }}'", null),
        ("python3 -c \"x=bytearray(1<<30); print('BROKE'+'-OUT')\"", null),
        ("for i in 1 2 3 4 5 6; do (head -c 100M /dev/zero | tail -c 99M | (sleep 1000; cat)) & done; wait", SandboxLimit.Memory),
        ($"head -c 100M /dev/zero > big; ls -s big | awk '$1 > 25000 {{ print \"BROKE\" \"-OUT\" }}'", null),
        ("for i in $(seq 1 100); do head -c 5M /dev/zero > f$i; done; sleep 1000", SandboxLimit.Disk),
        ("exec 3>gone; rm gone; exec 4>too; rm too; head -c 20M /dev/zero >&3; head -c 20M /dev/zero >&4; sleep 1000", SandboxLimit.Disk),
        ("for i in $(seq 1 5000); do : > n$i; done; sleep 1000", SandboxLimit.Files),
        ("for i in $(seq 1 300); do mkdir d && cd d || break; done; sleep 1000", SandboxLimit.Files),
        ("for i in $(seq 1 50000); do : > /tmp/n$i; done; sleep 1000", SandboxLimit.Files),
        ("python3 -c \"import os,time\nfor i in range(9):\n  f=os.memfd_create('x')\n  os.write(f,b'x'*(8<<20))\ntime.sleep(1000)\" || (exec 3>x; rm x; exec 4>y; rm y; head -c 20M /dev/zero >&3; head -c 20M /dev/zero >&4; sleep 1000)", SandboxLimit.Disk),
        ($"head -c 100M /dev/zero > /tmp/big; head -c 100M /dev/zero > /dev/shm/big; df -m /tmp /dev/shm | awk 'NR > 1 && $3 > 20 {{ print \"BROKE\" \"-OUT\" }}'", null),
        ("trap '' XCPU; while :; do (trap '' XCPU; while :; do :; done) & done 2>/dev/null", null),
        ($"fallocate -l 1G hole; truncate -s 1T sparse; ls -s hole | awk '$1 > 25000 {{ print \"BROKE\" \"-OUT\" }}'", null),
        ("head -c 300M /dev/zero | tr '\\0' x", null),
    ];

    [Fact]
    public async Task Each_bomb_is_put_out_with_all_its_pieces()
    {
        var attacks = new Attacks("bombs");
        // Each session has a user of its own, so that one bomb's processes are not another's.
        var runs = _bombs.Select((bomb, i) => (bomb.Command, bomb.End, Session: $"ses_bomb{i}")).ToList();
        Assert.Equal(runs.Count, runs.Select(run => _bench.Spaces.Of(run.Session).User ?? run.Session.GetHashCode(StringComparison.Ordinal)).Distinct().Count());
        foreach (var some in runs.Chunk(6))
        {
            // Where no bound is named, time may be what ends it: what it wrote and left is what counts.
            var ends = await Task.WhenAll(some.Select(run => _bench.RunAsync($"{run.Command}\n# {_mark}", run.Session, seconds: run.End is null ? 4 : 90)));
            var isLeft = HostProcesses.With(_mark) > 0;
            foreach (var (run, end) in some.Zip(ends))
            {
                var bytes = WorkspaceUse.Measure(_bench.Spaces.Of(run.Session).Root, 1000).Bytes;
                attacks.Tried(
                    FormattableString.Invariant($"{run.Command}: ended by {end.Passed?.Words ?? $"itself ({end.ExitCode})"}; disk {bytes / Megabyte} MB{(isLeft ? "; processes are left" : "")}"),
                    isLeft || (run.End is not null && end.Passed?.Limit != run.End) || bytes > 400 * Megabyte || end.Text.Contains(Attacks.Cry, StringComparison.Ordinal));
            }
        }
        attacks.Verdict();
    }

    [Fact]
    public async Task Processor_time_is_counted_over_all_processes_that_ever_were()
    {
        var attacks = new Attacks("processor time");
        using var bench = new SandboxBench(options => options.CpuSeconds = 2);
        foreach (var command in new[] { "while :; do :; done & while :; do :; done", "trap '' XCPU; while :; do timeout 0.3 sh -c 'while :; do :; done'; done" })
        {
            var end = await bench.RunAsync(command, seconds: 90);
            attacks.Tried($"{command}: {end.Passed?.Words}", end.Passed?.Limit is not SandboxLimit.Cpu && end.ExitCode != 152);
        }
        attacks.Verdict();
    }

    [Fact]
    public async Task No_process_outlives_its_command()
    {
        var attacks = new Attacks("surviving children");
        foreach (var command in new[]
        {
            $"sleep {_mark} &", $"nohup sleep {_mark} >/dev/null 2>&1 &", $"setsid sleep {_mark} >/dev/null 2>&1 &", $"(setsid sh -c 'sleep {_mark} &' >/dev/null 2>&1 &)", $"(trap '' HUP INT TERM QUIT USR1 USR2; setsid sleep {_mark} <&- >&- 2>&-) &",
            $"python3 -c \"import os,time\nif os.fork()==0:\n  os.setsid()\n  if os.fork()==0:\n    os.closerange(0,100)\n    os.execvp('sleep',['sleep','{_mark}'])\n  os._exit(0)\"", $"sh -c 'sleep {_mark} & disown' & exit 0", $"kill -STOP $$ & sleep {_mark} >/dev/null 2>&1 & kill -9 $$",
        })
        {
            await _bench.RunAsync(command, seconds: 5);
            attacks.Tried(command, HostProcesses.With(_mark) > 0);
        }
        attacks.Verdict();
    }

    [Fact]
    public async Task No_signal_reaches_a_process_outside()
    {
        var attacks = new Attacks("signals");
        // As the very user that the command is, which is where a signal would be allowed.
        var user = _bench.Spaces.Of("ses_one").User;
        using var victim = Process.Start(new ProcessStartInfo(user is null ? "/bin/sleep" : "/usr/bin/setpriv",
            user is { } id ? [$"--reuid={id}", $"--regid={id}", "--clear-groups", "/bin/sleep", "1000"] : ["1000"]))!;
        try
        {
            string[] commands =
            [
                $"kill -9 {victim.Id}", $"for i in $(seq 1 100); do kill -9 $((RANDOM + RANDOM)) {victim.Id}; done", "pkill -9 sleep", "killall -9 sleep", $"kill -STOP {victim.Id}", "kill -9 1; kill -STOP 1",
                $"python3 -c \"import ctypes; ctypes.CDLL(None).ptrace(16,{victim.Id},0,0)==0 and print('BROKE'+'-OUT')\"", $"renice -n 19 {victim.Id} && {Attacks.Shout}", $"prlimit --pid {victim.Id} --cpu=1 && {Attacks.Shout}", "kill -9 -- -1 0",
            ];
            foreach (var some in commands.Chunk(3))
            {
                var text = (await _bench.RunAsync(string.Join('\n', some.Select(command => $"( {command} )")), seconds: 10)).Text;
                var isHit = victim.HasExited || ProcessTree.Facts(victim.Id) is not { State: 'S' } || text.Contains(Attacks.Cry, StringComparison.Ordinal);
                foreach (var command in some)
                    attacks.Tried(command, isHit);
            }
        }
        finally
        {
            victim.Kill();
            await victim.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        attacks.Verdict();
    }
}
