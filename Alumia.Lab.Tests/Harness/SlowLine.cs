using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Alumia.Lab.Tests.Harness;

/// <summary>
/// A long line to a lab: what is sent through it arrives whole, in order and late, half the round trip each way, and a new connection costs
/// one round trip more, as it does on a real line. It knows nothing of what it carries, so WebSockets go through it too. It counts bytes.
/// </summary>
public sealed class SlowLine : ILab, IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly IPEndPoint _far;
    private readonly TimeSpan _oneWay;
    private readonly List<Task> _calls = [];
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<Socket, byte> _open = [];
    private volatile bool _isCut;
    private long _up, _down;

    /// <summary>A line to what listens at this address.</summary>
    /// <param name="far">Where the line ends: an address of this machine.</param>
    /// <param name="roundTrip">None: the line only counts.</param>
    public SlowLine(Uri far, TimeSpan roundTrip)
    {
        (_far, _oneWay) = (new IPEndPoint(IPAddress.Loopback, far.Port), roundTrip / 2);
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}/");
        _accepting = AcceptAsync();
    }

    /// <summary>The near end.</summary>
    public Uri Address { get; }

    /// <summary>Bytes so far to and from the far end.</summary>
    public (long Up, long Down) Bytes => (Interlocked.Read(ref _up), Interlocked.Read(ref _down));

    /// <summary>Breaks every connection, and lets no new one through until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var socket in _open.Keys)
            socket.Dispose();
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_calls);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _calls.Add(CarryAsync(await _listener.AcceptSocketAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            // The line is taken down.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (near)
        {
            if (_isCut)
                return;
            _open[near] = _open[far] = 0;
            near.NoDelay = true;
            var called = Stopwatch.GetTimestamp();
            try
            {
                await far.ConnectAsync(_far, _end.Token);
                await Task.WhenAll(
                    CarryAsync(near, far, called + Ticks(2 * _oneWay), count => Interlocked.Add(ref _up, count)),
                    CarryAsync(far, near, called, count => Interlocked.Add(ref _down, count)));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One end hung up, or the line is cut or taken down: both ends see the connection close.
            }
            finally
            {
                _open.TryRemove(near, out _);
                _open.TryRemove(far, out _);
            }
        }
    }

    /// <summary>Reads at once and writes when it is due, so that many pieces can be under way together.</summary>
    private async Task CarryAsync(Socket from, Socket to, long opened, Func<int, long> count)
    {
        var underway = Channel.CreateUnbounded<(long DueAt, byte[] Piece)>();
        async Task ReadAsync()
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer, _end.Token) is var length and > 0)
                {
                    count(length);
                    underway.Writer.TryWrite((Math.Max(Stopwatch.GetTimestamp(), opened) + Ticks(_oneWay), buffer[..length]));
                }
                underway.Writer.Complete();
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                underway.Writer.Complete(exception);
            }
        }
        var reading = ReadAsync();
        try
        {
            await foreach (var (dueAt, piece) in underway.Reader.ReadAllAsync(_end.Token))
            {
                while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), dueAt) is var wait && wait > TimeSpan.Zero)
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), _end.Token);
                for (var sent = 0; sent < piece.Length;)
                    sent += await to.SendAsync(piece.AsMemory(sent), _end.Token);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // Frees the other direction too: a broken connection is broken both ways.
            from.Dispose();
            to.Dispose();
            throw;
        }
        finally
        {
            await reading;
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
