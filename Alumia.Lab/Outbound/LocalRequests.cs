using System.Net;

namespace Alumia.Lab.Outbound;

/// <summary>Whether a request comes from the person at this very machine: what exists for demonstrations answers to nobody else.</summary>
public static class LocalRequests
{
    private static readonly string[] LocalHosts = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>As <see cref="IsLocal(HttpContext, IHostEnvironment, IConfiguration)"/>, with what the request's own services say.</summary>
    public static bool IsLocal(HttpContext context) => IsLocal(
        context, context.RequestServices.GetRequiredService<IHostEnvironment>(), context.RequestServices.GetRequiredService<IConfiguration>());

    /// <summary>
    /// True in Development, for a loopback address that asks for a loopback name and went through no proxy.
    /// <c>Offline:Expose=true</c> lets everybody in, still in Development alone.
    /// </summary>
    public static bool IsLocal(HttpContext context, IHostEnvironment environment, IConfiguration configuration)
    {
        if (!environment.IsDevelopment())
            return false;
        if (configuration.GetValue<bool>("Offline:Expose"))
            return true;
        return context.Connection.RemoteIpAddress is { } address
            && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
            && LocalHosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase)
            && !context.Request.Headers.Keys.Any(IsForwarding);
    }

    // X-Original-* is what ASP.NET Core leaves of a forwarding header that it has applied.
    private static bool IsForwarding(string header) =>
        header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
