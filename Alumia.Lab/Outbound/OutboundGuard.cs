using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Outbound;

/// <summary>
/// The one way out to places that users, agents and remote servers choose. A name is resolved once, every address that it has is checked, and
/// the connection goes to those very addresses: what the name says a moment later plays no part.
/// </summary>
public sealed class OutboundGuard(IHostResolver resolver, IOptions<OutboundOptions> options, TimeProvider clock)
{
    private readonly HashSet<string> _allowed = new(options.Value.Allow.Select(place => place.Trim()), StringComparer.OrdinalIgnoreCase);

    /// <summary>The addresses to which a connection to this place may go.</summary>
    /// <param name="host">A name or an address, in whatever notation.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OutboundException">The place is refused, or has no address.</exception>
    public async Task<IPAddress[]> CheckAsync(string host, int port, CancellationToken cancellation)
    {
        var name = Plain(host);
        var place = name.Contains(':', StringComparison.Ordinal) ? $"[{name}]:{port}" : $"{name}:{port}";
        var isAllowed = _allowed.Contains(place);
        if (!isAllowed && (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)))
            throw Refused(place, "this machine");
        if (port is < 1 or > 65_535 || name.Length == 0)
            throw new OutboundException($"{place} is no place to connect to.", isRefused: true);
        var addresses = IPAddress.TryParse(name, out var literal) ? [literal] : await ResolveAsync(name, place, cancellation);
        if (isAllowed)
            return addresses;
        // One bad address among good ones is no accident.
        foreach (var address in addresses)
        {
            if (AddressRules.WhyNot(address) is { } what)
                throw Refused(place, literal is null ? $"{what} ({address})" : what);
        }
        return addresses;
    }

    /// <summary>A connection to this place, to an address that was checked.</summary>
    /// <exception cref="OutboundException">The place is refused, or does not answer.</exception>
    public async Task<NetworkStream> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.ConnectSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            var addresses = await CheckAsync(host, port, either.Token);
            return await ConnectAsync(addresses, $"{Plain(host)}:{port}", port, either.Token);
        }
        catch (OperationCanceledException exception) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new OutboundException($"{host}:{port} could not be reached within {options.Value.ConnectSeconds} s.", isRefused: false, exception);
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string name, string place, CancellationToken cancellation)
    {
        try
        {
            var addresses = await resolver.ResolveAsync(name, cancellation);
            return addresses.Length > 0 ? addresses : throw new OutboundException($"The name {name} has no address.", isRefused: false);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw new OutboundException($"The name of {place} could not be resolved.", isRefused: false, exception);
        }
    }

    private static async Task<NetworkStream> ConnectAsync(IPAddress[] addresses, string place, int port, CancellationToken cancellation)
    {
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                last = exception;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw new OutboundException($"{place} could not be reached: {last?.Message}", isRefused: false, last);
    }

    private static string Plain(string host) => host.Trim().TrimEnd('.').Trim('[', ']');

    private static OutboundException Refused(string place, string what) =>
        new($"{place} is refused: it is {what}, and the lab connects to the open internet only.", isRefused: true);
}
