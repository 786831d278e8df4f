using System.Net;

namespace Alumia.Lab.Outbound;

/// <summary>HTTP through the guard: <c>IHttpClientFactory.CreateClient(OutboundHttp.Client)</c>. No proxy of the environment, no cookies, redirects followed by hand.</summary>
public static class OutboundHttp
{
    /// <summary>The name of the client.</summary>
    public const string Client = "outbound";

    internal static SocketsHttpHandler CreateHandler(OutboundGuard guard) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        MaxResponseHeadersLength = 64,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        // Another request for the same place may use the connection: it still leads to the address that was checked.
        ConnectCallback = async (context, cancellation) => await guard.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation),
    };
}
