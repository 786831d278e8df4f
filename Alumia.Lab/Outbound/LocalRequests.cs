using System.Net;

namespace Alumia.Lab.Outbound;

/// <summary>
/// Who may reach what exists for development alone: the stand-ins, their desk, the demo login.
/// Only this machine, and nobody through a proxy on it or through a name that happens to lead here.
/// </summary>
public static class OfflineAccess
{
    private static readonly string[] _forwarding = ["X-Forwarded-", "X-Original-", "Forwarded", "X-Real-IP"];

    /// <summary>In Development, from this machine, or wherever <c>Offline:Expose</c> opens it.</summary>
    public static bool Allows(HttpContext context)
    {
        var services = context.RequestServices;
        return services.GetRequiredService<IHostEnvironment>().IsDevelopment()
            && (services.GetRequiredService<IConfiguration>().GetValue<bool>("Offline:Expose") || IsLocal(context));
    }

    /// <summary>Whether both ends of the connection and the Host are this machine, and nothing was forwarded.</summary>
    public static bool IsLocal(HttpContext context)
    {
        var (remote, local) = (context.Connection.RemoteIpAddress, context.Connection.LocalIpAddress);
        return remote is not null
            && (IPAddress.IsLoopback(remote) || remote.Equals(local))
            && IsThisHost(context.Request.Host.Host, local)
            && !context.Request.Headers.Any(header => _forwarding.Any(name => header.Key.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
    }

    private static bool IsThisHost(string host, IPAddress? local) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || address.Equals(local)));
}
