using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Alumia.Lab.Tests.Harness;

/// <summary>
/// A load balancer before several copies of the lab, as docs/operations.md asks for: who brings its cookie stays with one copy, who has none is sent
/// round, and a copy that is not ready gets nobody. It is YARP, which we did not write.
/// </summary>
public sealed class Balancer : ILab, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly InMemoryConfigProvider _config;

    private Balancer(WebApplication app, InMemoryConfigProvider config) => (_app, _config, Address) = (app, config, new Uri(app.Urls.First()));

    public Uri Address { get; }

    /// <summary>Listens; whom it serves comes later, since they want to know its address first.</summary>
    public static async Task<Balancer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var config = new InMemoryConfigProvider([], []);
        builder.Services.AddReverseProxy().AddTransforms(transforms => transforms.AddOriginalHost());
        builder.Services.AddSingleton<IProxyConfigProvider>(config);
        var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Balancer(app, config);
    }

    /// <summary>Sends people to these from now on.</summary>
    public async Task ServeAsync(IEnumerable<Uri> copies)
    {
        var destinations = copies.Select((address, number) => KeyValuePair.Create($"copy{number}", new DestinationConfig { Address = address.ToString() })).ToDictionary();
        _config.Update(
            [new RouteConfig { RouteId = "lab", ClusterId = "lab", Match = new RouteMatch { Path = "{**path}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "lab",
                    LoadBalancingPolicy = "RoundRobin",
                    SessionAffinity = new SessionAffinityConfig { Enabled = true, Policy = "HashCookie", AffinityKeyName = "copy" },
                    HealthCheck = new HealthCheckConfig
                    {
                        Active = new ActiveHealthCheckConfig { Enabled = true, Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(5), Policy = "ConsecutiveFailures", Path = "/healthz/ready" },
                    },
                    Destinations = destinations,
                },
            ]);
        using var client = LabClient.Create(Address);
        await Eventually.True(async () => (await client.GetAsync(new Uri("/healthz/live", UriKind.Relative), TestContext.Current.CancellationToken)).IsSuccessStatusCode, "the balancer serves");
    }

    /// <summary>Somebody who comes to it, with cookies of their own.</summary>
    public HttpClient Client() => LabClient.Create(Address);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
