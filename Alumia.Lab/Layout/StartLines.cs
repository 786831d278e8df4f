using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Layout;

/// <summary>Tells on the console, once the lab listens, where it is and where its data is.</summary>
internal sealed class StartLines(IServer server, IHostApplicationLifetime lifetime, IOptions<StorageOptions> storage) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() =>
        {
            var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            Console.WriteLine($"Alumia Lab is at {string.Join(" and ", addresses)}");
            Console.WriteLine($"Its data is in {storage.Value.FullDirectory}");
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
