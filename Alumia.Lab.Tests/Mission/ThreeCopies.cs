using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;

namespace Alumia.Lab.Tests.Mission;

/// <summary>PostgreSQL and three copies, one cluster behind a balancer with sticky sessions.</summary>
public sealed class ThreeCopies : MissionLab
{
    private readonly List<LabProcess> _labs = [];
    private Balancer? _balancer;

    public override Uri Address => _balancer!.Address;

    public override string Output => string.Join("\n---\n", _labs.Select(lab => lab.Output));

    public override async ValueTask InitializeAsync()
    {
        _balancer = await Balancer.StartAsync();
        var settings = await Bench.SettingsAsync(StorageProvider.Postgres, new(NoInternet)
        {
            ["Cluster:Provider"] = "Postgres",
            ["Lab:PublicUrl"] = Address.ToString().TrimEnd('/'),
            ["ForwardedHeaders:KnownProxies:0"] = "127.0.0.1",
            // The balancer's forwarding headers would have its stand-ins answer nobody.
            ["Offline:Expose"] = "true",
        });
        _labs.AddRange(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => LabProcess.StartAsync(settings))));
        await _balancer.ServeAsync(_labs.Select(lab => lab.Address));
    }

    public override async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_labs.Select(lab => lab.DisposeAsync().AsTask()));
        if (_balancer is not null)
            await _balancer.DisposeAsync();
    }
}
