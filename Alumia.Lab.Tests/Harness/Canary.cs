using System.Net;
using System.Net.Sockets;

namespace Alumia.Lab.Tests.Harness;

/// <summary>Something on this machine that nobody from outside may reach: it counts who connects over TCP, and what comes over UDP.</summary>
public sealed class Canary : IDisposable
{
    private readonly Socket _tcp = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
    private readonly Socket _udp = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
    private int _reached;

    public Canary()
    {
        _tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        _tcp.Listen();
        Port = ((IPEndPoint)_tcp.LocalEndPoint!).Port;
        _udp.Bind(new IPEndPoint(IPAddress.IPv6Any, Port));
        _ = CountConnectionsAsync();
        _ = CountPacketsAsync();
    }

    public int Port { get; }

    /// <summary>How often it was reached.</summary>
    public int Reached => Volatile.Read(ref _reached);

    public void Dispose()
    {
        _tcp.Dispose();
        _udp.Dispose();
    }

    private async Task CountConnectionsAsync()
    {
        try
        {
            while (true)
            {
                using var caller = await _tcp.AcceptAsync();
                Interlocked.Increment(ref _reached);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It was closed.
        }
    }

    private async Task CountPacketsAsync()
    {
        var packet = new byte[2048];
        try
        {
            while (true)
            {
                await _udp.ReceiveFromAsync(packet, new IPEndPoint(IPAddress.IPv6Any, 0));
                Interlocked.Increment(ref _reached);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It was closed.
        }
    }
}
