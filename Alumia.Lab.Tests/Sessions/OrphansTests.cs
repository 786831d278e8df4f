using System.Collections.Immutable;
using System.Net;
using Alumia.Lab.Sessions.Cluster;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>What those copies do that remain, by the snapshots of the cluster alone; <c>Cluster/DeadCopyTests</c> kills real ones.</summary>
public sealed class OrphansTests
{
    private static readonly SiloAddress _mine = Address(1), _other = Address(2), _third = Address(3);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_a_copy_has_left_all_is_read_again_since_it_may_not_have_told_of_its_last_commits()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        var membership = new Membership();
        var told = 0;
        using var all = database.Feed.SubscribeAll(key => told += key.Length == 0 ? 1 : 0);
        using var orphans = new Orphans(membership, database.Contexts, null!, database.Feed, new Node(new Here()), Options.Create(new ClusterOptions { Provider = ClusterProvider.Postgres }), NullLogger<Orphans>.Instance);
        await orphans.StartAsync(Ended);

        await membership.TellAsync((_mine, SiloStatus.Joining), (_other, SiloStatus.Active)); // It is not yet a part.
        await membership.TellAsync((_mine, SiloStatus.Active), (_other, SiloStatus.Active));
        await membership.TellAsync((_mine, SiloStatus.Active), (_other, SiloStatus.Active), (_third, SiloStatus.Active));
        Assert.Equal(0, told);
        await membership.TellAsync((_mine, SiloStatus.Active), (_other, SiloStatus.Dead), (_third, SiloStatus.ShuttingDown));
        Assert.Equal(1, told);
        await membership.TellAsync((_mine, SiloStatus.Active), (_other, SiloStatus.Dead), (_third, SiloStatus.Dead));
        Assert.Equal(2, told);
        await membership.TellAsync((_mine, SiloStatus.Active));
        Assert.Equal(2, told);
        await orphans.StopAsync(Ended);
    }

    private static SiloAddress Address(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1);

    /// <summary>A cluster's news; each telling waits until the one who listens has done with it and asks for the next.</summary>
    private sealed class Membership : IClusterMembershipService, IAsyncEnumerable<ClusterMembershipSnapshot>
    {
        private readonly SemaphoreSlim _asked = new(0), _given = new(0);
        private long _version;
        private bool _isFirst = true;

        public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } = new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new(0));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => this;

        public async Task TellAsync(params (SiloAddress Address, SiloStatus Status)[] members)
        {
            if (_isFirst)
                await _asked.WaitAsync(Ended);
            _isFirst = false;
            CurrentSnapshot = new(members.ToImmutableDictionary(member => member.Address, member => new ClusterMember(member.Address, member.Status, "")), new(++_version));
            _given.Release();
            await _asked.WaitAsync(Ended);
        }

        public async IAsyncEnumerator<ClusterMembershipSnapshot> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                _asked.Release();
                await _given.WaitAsync(cancellationToken);
                yield return CurrentSnapshot;
            }
        }

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => default;

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }

    private sealed class Here : ILocalSiloDetails
    {
        public string Name => "";

        public string ClusterId => "";

        public string DnsHostName => "";

        public SiloAddress SiloAddress => _mine;

        public SiloAddress GatewayAddress => _mine;
    }
}
