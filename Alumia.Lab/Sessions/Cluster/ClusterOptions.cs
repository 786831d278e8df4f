using System.Net;

namespace Alumia.Lab.Sessions.Cluster;

public enum ClusterProvider
{
    /// <summary>One process alone.</summary>
    Localhost,
    /// <summary>All processes on one PostgreSQL database.</summary>
    Postgres,
}

/// <summary>The section <c>Cluster</c> of the configuration.</summary>
public sealed class ClusterOptions
{
    public ClusterProvider Provider { get; set; }

    /// <summary>The address at which the other copies reach this one; null for loopback, which is right for copies on one machine.</summary>
    public string? Address { get; set; }

    /// <summary>The silo's port, for a private network only; 0 takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>How long a copy that is told to stop lets its turns run, in seconds, before it hands them over.</summary>
    public double DrainSeconds { get; set; } = 10;

    internal bool IsMany => Provider == ClusterProvider.Postgres;

    /// <exception cref="StartupFault">It is no address.</exception>
    internal IPAddress Ip() => Address is null ? IPAddress.Loopback
        : IPAddress.TryParse(Address, out var address) ? address : throw new StartupFault($"Cluster:Address is \"{Address}\"; set it to this machine's IP address on the private network.");
}
