using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Alumia.Lab.Outbound;

/// <summary>
/// One connection of the proxy: a tunnel (<c>CONNECT</c>), or one plain request. After a plain answer the connection ends, so that nothing
/// that is meant for the next place reaches this one.
/// </summary>
internal sealed class ProxyConnection(OutboundGuard guard, NetworkStream client, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan _headLimit = TimeSpan.FromSeconds(30);

    /// <summary>Serves it until one of the two ends.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            (HttpHead Head, ReadOnlyMemory<byte> Behind)? request;
            using (var late = new CancellationTokenSource(_headLimit, clock))
            using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token))
                request = await HttpHead.ReadAsync(client, ReadOnlyMemory<byte>.Empty, either.Token);
            if (request is not var (head, rest))
                return;
            var words = head.FirstLine.Split(' ');
            if (words.Length != 3)
                throw new InvalidDataException("The request's first line is malformed.");
            await (words[0] == "CONNECT" ? TunnelAsync(words[1], rest, cancellation) : ForwardAsync(head, words[0], words[1], rest, cancellation));
        }
        catch (OutboundException exception)
        {
            await RefuseAsync(exception.IsRefused ? "403 Forbidden" : "502 Bad Gateway", exception.Message, cancellation);
        }
        catch (InvalidDataException exception)
        {
            await RefuseAsync("400 Bad Request", exception.Message, cancellation);
        }
    }

    public void Dispose() => client.Dispose();

    private async Task TunnelAsync(string place, ReadOnlyMemory<byte> rest, CancellationToken cancellation)
    {
        var (host, port) = Place(place, null);
        await using var origin = await guard.ConnectAsync(host, port, cancellation);
        await client.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), cancellation);
        await origin.WriteAsync(rest, cancellation);
        await EitherAsync(client.CopyToAsync, origin, origin.CopyToAsync, client, cancellation);
    }

    private async Task ForwardAsync(HttpHead head, string method, string target, ReadOnlyMemory<byte> rest, CancellationToken cancellation)
    {
        const string scheme = "http://";
        if (!target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException("This proxy takes CONNECT and http:// addresses.");
        if (head.Field("Transfer-Encoding") is not null)
            throw new InvalidDataException("A request of unknown length is not forwarded.");
        var end = target.IndexOfAny(['/', '?', '#'], scheme.Length);
        var authority = end < 0 ? target[scheme.Length..] : target[scheme.Length..end];
        var path = end < 0 ? "/" : target[end] == '/' ? target[end..] : "/" + target[end..];
        var (host, port) = Place(authority, 80);
        await using var origin = await guard.ConnectAsync(host, port, cancellation);
        // One length, the one that is obeyed here; one host, the one that was connected to.
        var length = head.Field("Content-Length") is { } text ? Length(text) : (long?)null;
        var sent = new HttpHead("", [("Host", authority), .. Others(head), .. LengthField(length)]);
        await origin.WriteAsync(sent.ToBytes($"{method} {path} HTTP/1.1"), cancellation);
        await SendBodyAsync(origin, rest, length ?? 0, cancellation);
        await EitherAsync(client.CopyToAsync, Stream.Null, (to, ct) => AnswerAsync(origin, to, ct), client, cancellation);
    }

    private async Task SendBodyAsync(NetworkStream origin, ReadOnlyMemory<byte> rest, long length, CancellationToken cancellation)
    {
        var first = rest[..(int)Math.Min(rest.Length, length)];
        await origin.WriteAsync(first, cancellation);
        var left = length - first.Length;
        var buffer = new byte[16 * 1024];
        while (left > 0)
        {
            var read = await client.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellation);
            if (read == 0)
                return;
            await origin.WriteAsync(buffer.AsMemory(0, read), cancellation);
            left -= read;
        }
    }

    /// <summary>The answer, with the word that the connection ends after it.</summary>
    private static async Task AnswerAsync(NetworkStream origin, Stream to, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> rest = default;
        while (await HttpHead.ReadAsync(origin, rest, cancellation) is var (head, more))
        {
            rest = more;
            var isInterim = head.FirstLine.Split(' ') is [_, ['1', ..], ..];
            if (isInterim)
                continue; // Nobody waits for it: the body was sent already.
            await to.WriteAsync(head.ToBytes(head.FirstLine), cancellation);
            await to.WriteAsync(rest, cancellation);
            await origin.CopyToAsync(to, cancellation);
            return;
        }
    }

    /// <summary>Both at once until one of them ends; the other ends with it.</summary>
    private static async Task EitherAsync(Func<Stream, CancellationToken, Task> up, Stream above, Func<Stream, CancellationToken, Task> down, Stream below, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var both = new[] { up(above, over.Token), down(below, over.Token) };
        await Task.WhenAny(both);
        await over.CancelAsync();
        await Task.WhenAll(both);
    }

    private async Task RefuseAsync(string status, string why, CancellationToken cancellation)
    {
        var body = Encoding.UTF8.GetBytes(why);
        var head = $"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        await client.WriteAsync(Encoding.Latin1.GetBytes(head), cancellation);
        await client.WriteAsync(body, cancellation);
    }

    private static (string Host, int Port) Place(string authority, int? standard)
    {
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf(']');
        if (authority.Contains('@', StringComparison.Ordinal) || !hasPort && standard is null)
            throw new InvalidDataException($"{authority} is no place to connect to.");
        if (!hasPort)
            return (authority, standard!.Value);
        return int.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (authority[..colon], port)
            : throw new InvalidDataException($"{authority} is no place to connect to.");
    }

    private static IEnumerable<(string, string)> Others(HttpHead head) =>
        head.Fields.Where(field => !field.Name.Equals("Host", StringComparison.OrdinalIgnoreCase) && !field.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<(string, string)> LengthField(long? length) =>
        length is { } known ? [("Content-Length", known.ToString(CultureInfo.InvariantCulture))] : [];

    private static long Length(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : throw new InvalidDataException("The length of the request is malformed.");
}
