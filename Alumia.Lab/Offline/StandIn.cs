using System.Net;
using Alumia.Lab.Models;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Alumia.Lab.Offline;

/// <summary>The stand-ins live in this very process, so their address is the lab's own.</summary>
internal sealed class StandIn(IServer server, IConfiguration configuration) : IStandIn
{
    public Uri? AddressFor(Provider provider) => provider.NeedsKey && BaseAddress() is { } address
        ? new Uri(address, $"offline/providers/{provider.Slug}/")
        : null;

    private Uri? BaseAddress()
    {
        if (configuration["Offline:BaseAddress"] is { Length: > 0 } configured)
            return new Uri(configured.TrimEnd('/') + "/");
        var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return bound.Select(Loopback).OfType<Uri>().OrderBy(address => address.Scheme == Uri.UriSchemeHttp ? 0 : 1).FirstOrDefault();
    }

    /// <summary>How this machine reaches what is bound there: any address includes the loopback.</summary>
    private static Uri? Loopback(string bound)
    {
        var address = BindingAddress.Parse(bound);
        if (address.IsUnixPipe || address.IsNamedPipe)
            return null;
        var host = !IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)
            ? "127.0.0.1"
            : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}/");
    }
}
