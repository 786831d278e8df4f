using System.Net;

namespace Alumia.Lab.Outbound;

/// <summary>Finds the addresses of a name.</summary>
public interface IHostResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">The name has none.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation);
}

/// <summary>The machine's own resolver.</summary>
internal sealed class SystemResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation) => Dns.GetHostAddressesAsync(host, cancellation);
}
