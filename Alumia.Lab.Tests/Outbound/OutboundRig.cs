using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Alumia.Lab.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Outbound;

/// <summary>The room by itself, with names that mean what a test wants.</summary>
internal sealed class OutboundRig : IAsyncDisposable
{
    private readonly WebApplication _app;

    public OutboundRig(params string[] allow)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(allow.Select((place, i) => KeyValuePair.Create($"Outbound:Allow:{i}", (string?)place)).Append(new("Outbound:ConnectSeconds", "1")));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddOutbound();
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostResolver>(Names));
        _app = builder.Build();
    }

    public FakeNames Names { get; } = new();

    public OutboundProxy Proxy => _app.Services.GetRequiredService<OutboundProxy>();

    public HttpClient Client() => _app.Services.GetRequiredService<IHttpClientFactory>().CreateClient(OutboundHttp.Client);

    public HttpClient ThroughProxy() => new(new SocketsHttpHandler { Proxy = new WebProxy(Proxy.Address), UseProxy = true, AllowAutoRedirect = false });

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>Names with the addresses that a test gives them; each question may be answered otherwise than the one before.</summary>
internal sealed class FakeNames : IHostResolver
{
    private readonly ConcurrentDictionary<string, Func<int, string[]>> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.OrdinalIgnoreCase);

    public string Add(string name, params string[] addresses) => Add(name, _ => addresses);

    /// <summary>A name whose answer depends on how often it was asked for.</summary>
    public string Add(string name, Func<int, string[]> answer)
    {
        _names[name] = answer;
        return name;
    }

    public int Asked(string name) => _asked.GetValueOrDefault(name);

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation) =>
        _names.TryGetValue(host, out var answer)
            ? Task.FromResult<IPAddress[]>([.. answer(_asked.AddOrUpdate(host, 1, (_, count) => count + 1)).Select(IPAddress.Parse)])
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
}
