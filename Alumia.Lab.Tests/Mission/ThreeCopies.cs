using Alumia.Lab.Tests.Cluster;

namespace Alumia.Lab.Tests.Mission;

/// <summary>PostgreSQL and three copies, one cluster behind a balancer with sticky sessions.</summary>
public sealed class ThreeCopies : MissionLab
{
    private Copies? _copies;

    public override Uri Address => _copies!.Balancer.Address;

    public override string Output => string.Join("\n---\n", _copies!.Labs.Select(lab => lab.Output));

    public override async ValueTask InitializeAsync() => _copies = await Copies.StartAsync(3, new(NoInternet)
    {
        // The balancer's forwarding headers would have its stand-ins answer nobody.
        ["Offline:Expose"] = "true",
    }, isDriven: false);

    public override async ValueTask DisposeAsync()
    {
        if (_copies is not null)
            await _copies.DisposeAsync();
    }
}
