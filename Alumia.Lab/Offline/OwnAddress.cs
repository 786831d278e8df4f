using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Alumia.Lab.Offline;

/// <summary>Where this very process is reached from itself: the stand-ins live in it.</summary>
internal sealed class OwnAddress(IServer server, IConfiguration configuration)
{
    /// <summary>Null while it does not listen yet.</summary>
    public Uri? Base
    {
        get
        {
            if (configuration["Offline:BaseAddress"] is { Length: > 0 } configured)
                return new Uri(configured.TrimEnd('/') + "/");
            var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            return bound.Select(Loopback).OfType<Uri>().OrderBy(address => address.Scheme == Uri.UriSchemeHttp ? 0 : 1).FirstOrDefault();
        }
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
