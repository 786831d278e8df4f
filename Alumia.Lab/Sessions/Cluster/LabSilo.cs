using System.Net;
using System.Net.Sockets;
using Alumia.Lab.Storage;
using Orleans.Configuration;

namespace Alumia.Lab.Sessions.Cluster;

/// <summary>This process as a silo of Orleans: alone, or one of many on one PostgreSQL database, whose membership table is made by the lab's migrations.</summary>
internal static class LabSilo
{
    private const string Name = "alumia-lab";

    /// <exception cref="StartupFault">Several copies need one database, and each an address.</exception>
    public static void Check(ClusterOptions cluster, StorageOptions storage)
    {
        if (cluster.IsMany && storage.Provider != StorageProvider.Postgres)
            throw new StartupFault("Cluster:Provider is Postgres and Storage:Provider is not: set both, so that all copies have one database.");
        _ = cluster.Ip();
    }

    public static void Configure(ISiloBuilder silo, ClusterOptions cluster, StorageOptions storage)
    {
        // Two on one machine would listen on the same default ports without an error, so each takes a free one.
        var port = cluster.Port > 0 ? cluster.Port : FreePort();
        if (cluster.IsMany)
            Join(silo, cluster, storage, port);
        else
            silo.UseLocalhostClustering(siloPort: port, gatewayPort: 0, primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, port));
        silo.Configure<EndpointOptions>(endpoint => endpoint.GatewayPort = 0); // Nobody comes in by a gateway.
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = TimeSpan.FromMinutes(5));
        silo.AddActivityPropagation();
    }

    private static void Join(ISiloBuilder silo, ClusterOptions cluster, StorageOptions storage, int port)
    {
        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = "Npgsql";
            clustering.ConnectionString = storage.ConnectionString;
        });
        silo.Configure<Orleans.Configuration.ClusterOptions>(options => options.ClusterId = options.ServiceId = Name);
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = cluster.Ip();
            endpoint.SiloPort = port;
            endpoint.SiloListeningEndpoint = new IPEndPoint(IPAddress.IsLoopback(cluster.Ip()) ? IPAddress.Loopback : IPAddress.Any, port);
        });
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // One that has ended is found dead after three missed probes; one that stands still, after it was silent for twelve: 18 s.
            membership.ProbeTimeout = TimeSpan.FromSeconds(1.5);
            membership.NumMissedProbesLimit = 3;
            membership.NumVotesForDeathDeclaration = 2;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        });
        // The older directory forgets where grains are with the copy that kept it, and ends them on copies that are well.
#pragma warning disable ORLEANSEXP003 // Experimental, and the one that keeps the other sessions undisturbed.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // Nobody waits (30 s by default) until the dead has surely stopped: the database refuses what it would still write.
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
