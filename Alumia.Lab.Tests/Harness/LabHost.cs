using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Alumia.Lab.Tests.Harness;

/// <summary>
/// The whole lab in the tests' process, on real Kestrel with a port and a data folder of its own:
/// <c>await using var lab = await LabHost.StartAsync();</c>
/// </summary>
public sealed class LabHost : ILab, IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory;
    private readonly TempFolder _folder;

    private LabHost(LabHostOptions options)
    {
        _folder = new TempFolder();
#pragma warning disable CA2000 // The derived factory disposes the one it came from.
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
#pragma warning restore CA2000
        {
            builder.UseEnvironment(options.Environment);
            builder.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
            builder.UseSetting("Storage:Directory", _folder.Path);
            foreach (var (name, value) in options.Settings)
                builder.UseSetting(name, value);
            builder.ConfigureTestServices(services =>
            {
                if (options.Clock is not null)
                    services.Replace(ServiceDescriptor.Singleton(options.Clock));
                options.Services?.Invoke(services);
            });
        });
        _factory.UseKestrel();
    }

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _factory.Services;

    /// <summary>The data folder.</summary>
    public string Folder => _folder.Path;

    /// <summary>Starts a lab; all is as in Development with nothing configured, unless the options say otherwise.</summary>
    public static async Task<LabHost> StartAsync(LabHostOptions? options = null)
    {
        var lab = new LabHost(options ?? new LabHostOptions());
        await DatabaseTemplate.CopyAsync(lab.Folder);
        try
        {
            lab._factory.StartServer();
            lab.Address = lab._factory.ClientOptions.BaseAddress;
        }
        catch
        {
            lab._folder.Dispose();
            throw;
        }
        return lab;
    }

    /// <summary>A client with its own cookies that follows no redirect, so that a test sees what the lab answers.</summary>
    public HttpClient Client() => LabClient.Create(Address);

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>How a lab under test differs from one just installed.</summary>
public sealed record LabHostOptions
{
    public string Environment { get; init; } = Environments.Development;

    /// <summary>Configuration, as <c>Section:Key</c>.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>The lab's clock, for tests that move it.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>Services to replace.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}

/// <summary>A lab that listens somewhere.</summary>
public interface ILab
{
    Uri Address { get; }
}

internal static class LabClient
{
    public static HttpClient Create(Uri address) => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(100),
    };
}
