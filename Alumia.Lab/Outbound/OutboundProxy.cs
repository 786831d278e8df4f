using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Alumia.Lab.Outbound;

/// <summary>
/// A forward proxy on a free loopback port, through which Chromium goes out: every connection passes the guard, names are resolved here alone.
/// It begins to listen when it is first asked for its address.
/// </summary>
public sealed class OutboundProxy(OutboundGuard guard, TimeProvider clock, ILogger<OutboundProxy> log) : IAsyncDisposable
{
    private const int MostAtOnce = 512;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ProxyConnection, Task> _connections = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Connections that are open now.</summary>
    public int Connections => _connections.Count;

    /// <summary><c>http://127.0.0.1:port</c>.</summary>
    public Uri Address
    {
        get
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
                if (_listener is null)
                {
                    _listener = new TcpListener(IPAddress.Loopback, 0);
                    _listener.Start();
                    _accepting = Task.Run(() => AcceptAsync(_listener));
                }
                return new Uri($"http://{_listener.LocalEndpoint}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        _listener?.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                if (_connections.Count >= MostAtOnce)
                    socket.Dispose();
                else
                    Serve(new ProxyConnection(guard, new NetworkStream(socket, ownsSocket: true), clock));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The lab stops, or a client went before it was taken.
            }
        }
    }

    private void Serve(ProxyConnection connection)
    {
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ServeAsync();
        begin.SetResult();

        async Task ServeAsync()
        {
            await begin.Task;
            try
            {
                using (connection)
                    await connection.RunAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // One of the two ends went.
            }
#pragma warning disable CA1031 // One connection's fault must not end the others.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                log.LogError(exception, "A connection of the proxy broke");
            }
            finally
            {
                _connections.TryRemove(connection, out _);
            }
        }
    }
}
