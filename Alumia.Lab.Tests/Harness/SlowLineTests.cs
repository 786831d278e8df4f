using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Alumia.Lab.Tests.Harness;

/// <summary>A long line is late, and nothing else.</summary>
public sealed class SlowLineTests
{
    private static readonly TimeSpan _roundTrip = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_bytes_come_back_in_order_through_a_long_line_and_are_counted()
    {
        using var echo = new Echo();
        await using var line = new SlowLine(echo.Address, _roundTrip);
        using var client = await CallAsync(line);
        var sent = RandomNumberGenerator.GetBytes(1_000_000);

        var received = new byte[sent.Length];
        await Task.WhenAll(
            client.WriteAsync(sent, Cancellation).AsTask(),
            client.ReadExactlyAsync(received, Cancellation).AsTask());

        Assert.Equal(sent, received);
        Assert.Equal((sent.Length, sent.Length), line.Bytes);
    }

    [Fact]
    public async Task An_answer_takes_a_round_trip_and_the_first_one_two()
    {
        using var echo = new Echo();
        await using var line = new SlowLine(echo.Address, _roundTrip);

        var began = Stopwatch.GetTimestamp();
        using var client = await CallAsync(line);
        await AskAsync(client);
        var first = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        await AskAsync(client);
        var second = Stopwatch.GetElapsedTime(began);

        Assert.InRange(first, 2 * _roundTrip, TimeSpan.MaxValue);
        Assert.InRange(second, _roundTrip, TimeSpan.MaxValue);
    }

    [Fact]
    public async Task What_one_end_closes_the_other_sees_closed()
    {
        using var echo = new Echo();
        await using var line = new SlowLine(echo.Address, TimeSpan.Zero);
        using var client = await CallAsync(line);
        await AskAsync(client);

        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal(0, await client.ReadAsync(new byte[1], Cancellation));
    }

    private static async Task<NetworkStream> CallAsync(SlowLine line)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, line.Address.Port, Cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task AskAsync(NetworkStream client)
    {
        var piece = new byte[] { 7 };
        await client.WriteAsync(piece, Cancellation);
        await client.ReadExactlyAsync(piece, Cancellation);
    }

    /// <summary>Sends back what it is sent.</summary>
    private sealed class Echo : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Echo()
        {
            _listener.Start();
            Address = new Uri($"http://{_listener.LocalEndpoint}/");
            _ = AnswerAsync();
        }

        public Uri Address { get; }

        public void Dispose() => _listener.Dispose();

        private async Task AnswerAsync()
        {
            using var client = await _listener.AcceptTcpClientAsync(Cancellation);
            await client.GetStream().CopyToAsync(client.GetStream(), Cancellation);
        }
    }
}
