using System.Net;
using System.Net.Sockets;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>A command tries to read what is not its own, to reach a network, and to write outside of its folder.</summary>
public sealed class ReachAttackTests : IDisposable
{
    private const string Prefix = "SECRET-OF-THE-HOST-";
    private static readonly string _secret = Prefix + Guid.NewGuid().ToString("N");
    private readonly SandboxBench _bench;
    private readonly TempFolder _elsewhere = new();

    public ReachAttackTests()
    {
        Namespaces.Need();
        _bench = new SandboxBench();
    }

    public void Dispose()
    {
        _bench.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task Nothing_of_the_host_the_lab_or_another_session_is_read()
    {
        var attacks = new Attacks("reading");
        var open = Path.Combine(_elsewhere.Path, "open.txt");
        await File.WriteAllTextAsync(open, _secret, TestContext.Current.CancellationToken);
        TempFolder.OpenToAll(open);
        await File.WriteAllTextAsync(Path.Combine(_bench.Data, "lab.db"), _secret, TestContext.Current.CancellationToken);
        await _bench.WriteAsync("private.txt", _secret, "ses_other");
        Environment.SetEnvironmentVariable("ALUMIA_TEST_SECRET", _secret);
        var others = Path.Combine(_bench.Data, "sessions", "ses_other", "private.txt");
        var me = Environment.ProcessId;
        string[] commands =
        [
            "cat /etc/shadow", "cat /etc/passwd /etc/group /etc/sudoers", "cat ~root/.ssh/* ~/.ssh/* /root/.bash_history /home/*/.bash_history",
            $"cat {open}", $"cat {_bench.Data}/lab.db", $"ls -laR {_bench.Data} && cat {_bench.Data}/keys/*", $"cat {others}", "cat /work/../ses_other/private.txt ../ses_other/private.txt",
            $"cat /proc/1/root{open} /proc/self/root{open} /proc/$PPID/root{open}", $"cat /proc/{me}/environ /proc/{me}/root{open} /proc/{me}/cwd/appsettings.json",
            "cat /proc/1/environ /proc/*/environ", "env", "strings /proc/kcore | head -c 1000000", "cat /dev/mem /dev/kmem /dev/vda /dev/sda | head -c 1000000", "cat /proc/kallsyms /proc/kmsg | head -c 100000 | grep -v ' 0000' | head -1; dmesg",
            $"ln -s {open} link && cat link", $"ln {open} hard && cat hard", $"mkdir up && cd up && cat ../../..{open} ../../../../..{open}",
            $"mount --bind / /tmp && cat /tmp{open}", $"unshare -r -m sh -c 'mount -t tmpfs none /tmp; cat {open}'", $"nsenter -t 1 -m cat {open}", $"nsenter -t 1 -a cat {open}", $"chroot /proc/1/root cat {open}",
            "find / -xdev -name '*.db' -o -xdev -name 'appsettings*.json' -o -xdev -name 'lab.lock' | xargs -r cat", $"grep -rs '{Prefix[..6]}[-]OF' /etc /tmp /dev/shm /work /run /var /home /root /opt /srv /mnt /media",
            "cat /sys/class/dmi/id/* /sys/kernel/security/*", "cat /var/lib/dbus/machine-id /etc/machine-id /etc/hostname && false", "timeout 2 cat /proc/1/fd/* /proc/1/mem /proc/1/maps | head -c 100000 | grep -a '/data'",
            "timeout 5 su - -c 'cat /etc/shadow'", "sudo -n cat /etc/shadow", "passwd -S root; chage -l root", "python3 -c \"import os;[print(open('/proc/'+p+'/environ').read()) for p in os.listdir('/proc') if p.isdigit()]\"",
        ];
        // What a command gets to see is looked through inside of the sandbox, where its whole output is.
        attacks.Tried("what the lab has open", (await _bench.RunAsync("readlink /proc/self/fd/*; readlink /proc/$$/fd/*")).Text.Split('\n').Distinct()
            .Where(target => target.Length > 0 && !target.StartsWith("/proc/", StringComparison.Ordinal)).Count() > 3);
        await attacks.TryAllAsync(_bench, commands, command => $"( {command} ) </dev/null 2>&1 | grep -aqE 'SECRET[-]OF|:[$](6|y)[$]|root:[*]:|daemo[n]:x:'");
        attacks.Verdict();
    }

    [Fact]
    public async Task No_network_is_reached()
    {
        var attacks = new Attacks("network");
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var accepted = 0;
        var ended = TestContext.Current.CancellationToken;
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(ended);
                Interlocked.Increment(ref accepted);
                await client.GetStream().WriteAsync("BROKE-OUT\n"u8.ToArray(), ended);
            }
        }, ended);
        var path = Path.Combine(_elsewhere.Path, "socket");
        using var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        unix.Bind(new UnixDomainSocketEndPoint(path));
        unix.Listen();
        var own = Dns.GetHostAddresses(Dns.GetHostName()).Where(address => address.AddressFamily == AddressFamily.InterNetwork).Select(address => address.ToString());
        var commands = new List<string>();
        foreach (var address in own.Append("127.0.0.1").Append("localhost").Append("0.0.0.0").Distinct())
            commands.Add($"exec 3<>/dev/tcp/{address}/{port} && cat <&3");
        commands.AddRange(
        [
            $"exec 3<>/dev/tcp/169.254.169.254/80 && {Attacks.Shout}", $"exec 3<>/dev/udp/1.1.1.1/53 && echo x >&3 && {Attacks.Shout}", $"exec 3<>/dev/tcp/1.1.1.1/443 && {Attacks.Shout}",
            $"getent hosts example.com && {Attacks.Shout}", $"curl -sm 2 http://127.0.0.1:{port}", $"ping -c 1 -W 1 1.1.1.1 && {Attacks.Shout}", $"ip route add default dev lo && {Attacks.Shout}",
            $"ip link add type dummy && {Attacks.Shout}", $"unshare -n true; nsenter -t 1 -n sh -c 'exec 3<>/dev/tcp/127.0.0.1/{port}' && {Attacks.Shout}",
            $"python3 -c \"import socket; s=socket.create_connection(('127.0.0.1',{port}),2); print(s.recv(20))\"", $"python3 -c \"import socket; s=socket.socket(socket.AF_UNIX); s.connect('{path}'); print('BROKE'+'-OUT')\"",
            "python3 -c \"import socket; s=socket.socket(socket.AF_INET,socket.SOCK_RAW,1); print('BROKE'+'-OUT')\"", $"grep -v 'lo:' /proc/net/dev | grep ':' && {Attacks.Shout}",
        ]);
        foreach (var command in commands)
        {
            var before = Volatile.Read(ref accepted);
            var text = (await _bench.RunAsync(command, seconds: 5)).Text;
            attacks.Tried(command, text.Contains(Attacks.Cry, StringComparison.Ordinal) || Volatile.Read(ref accepted) > before);
        }
        // The listener is there: from outside it answers.
        using (var client = new TcpClient())
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await Eventually.True(() => Volatile.Read(ref accepted) == 1, "the listener answers");
        attacks.Verdict();
    }

    [Fact]
    public async Task Nothing_outside_of_the_folder_is_written()
    {
        var attacks = new Attacks("writing outside");
        var victim = Path.Combine(_elsewhere.Path, "victim.txt");
        await File.WriteAllTextAsync(victim, "whole", TestContext.Current.CancellationToken);
        TempFolder.OpenToAll(victim);
        string[] commands =
        [
            "touch /x", "touch /usr/bin/x", "touch /etc/x", "touch /dev/x", "touch /lib/x /sbin/x", "echo x > /etc/passwd", "echo x > /etc/hosts", "mkdir /newly", "mount -o remount,rw /", "mount -o remount,rw /usr", "mount -t tmpfs none /work",
            "umount /usr/bin", "umount -l /work", "mknod /tmp/disk b 254 0 && cat /tmp/disk > /dev/null", "mknod /work/disk b 8 0", "echo x > /proc/sys/kernel/core_pattern", "echo 0 > /proc/sys/kernel/randomize_va_space",
            "echo b > /proc/sysrq-trigger", "echo -1000 > /proc/self/oom_score_adj", "chown root /work/a", "setpriv --reuid=0 true", "hostname other", "date -s 2001-01-01", "nice -n -20 true 2>&1 | grep -q . && false", "renice -n -20 $$",
            "ulimit -u 100000", "ulimit -f unlimited", "prlimit --nproc=100000:100000 true", "ip link set lo mtu 1000", "sysctl -w kernel.hostname=other", "chmod u+s /usr/bin/env", "ln -s /usr/bin/env /usr/bin/other", "rm -f /usr/bin/env",
            $"echo x > {victim}", $"ln -s {victim} l && echo x > l", $"ln {victim} h", $"truncate -s 0 {victim}", "keyctl add user k v @u", "chroot / true", "capsh --print | grep -q 'Current: =.*cap_'", "unshare -m true && unshare -m mount -t tmpfs none /usr",
            "ipcmk -M 1000000", "ipcmk -Q", "unshare -U true", "unshare -r true", "bwrap --ro-bind / / true", "keyctl show", "perf stat true",
            "python3 -c \"import ctypes; l=ctypes.CDLL(None); exit(0 if l.syscall(435,0,0)>=0 or l.unshare(0x10000000)==0 or l.shmget(0,1<<30,0o1600)>=0 else 1)\"", "insmod /lib/modules/x.ko", "reboot -f", "kexec -l /x", "losetup -f", "echo 1 > /sys/kernel/x", "mkdir /sys/fs/cgroup/x", "dd if=/dev/zero of=/dev/sda count=1 conv=notrunc", "echo x > /proc/1/mem",
        ];
        await attacks.TryAllAsync(_bench, commands, command => $"touch a; {{ {command} ; }} </dev/null >/dev/null 2>&1");
        attacks.Tried("the file outside", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken) != "whole");
        attacks.Verdict();
    }
}
