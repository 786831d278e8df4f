namespace Alumia.Lab.Outbound;

/// <summary>The section <c>Outbound</c> of the configuration.</summary>
public sealed class OutboundOptions
{
    /// <summary>Places that may be reached though they are not of the open internet: <c>host:port</c>, the host as it is asked for.</summary>
    public IReadOnlyList<string> Allow { get; set; } = [];

    /// <summary>How long a connection may take to come about, in seconds.</summary>
    public int ConnectSeconds { get; set; } = 15;
}
