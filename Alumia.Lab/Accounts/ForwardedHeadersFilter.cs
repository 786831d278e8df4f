using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Alumia.Lab.Accounts;

/// <summary>
/// Believes forwarding headers from the proxies (addresses or networks) in <c>ForwardedHeaders:KnownProxies</c> and from nobody else.
/// A filter, because it has to come before authentication, which the host puts first.
/// </summary>
internal sealed class ForwardedHeadersFilter(IConfiguration configuration) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
    {
        if (Read(configuration) is not { } options)
            return next;
        return app =>
        {
            app.UseForwardedHeaders(options);
            next(app);
        };
    }

    /// <summary>What is believed of whom; null where nobody is.</summary>
    /// <exception cref="StartupFault">One of the proxies is neither an address nor a network.</exception>
    internal static ForwardedHeadersOptions? Read(IConfiguration configuration)
    {
        var proxies = configuration.GetSection("ForwardedHeaders:KnownProxies").Get<string[]>() ?? [];
        if (proxies.Length == 0)
            return null;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
                options.KnownIPNetworks.Add(network);
            else
                throw new StartupFault($"ForwardedHeaders:KnownProxies: {proxy} is neither an address nor a network.");
        }
        return options;
    }
}
