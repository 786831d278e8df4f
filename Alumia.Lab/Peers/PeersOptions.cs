namespace Alumia.Lab.Peers;

/// <summary>The section <c>Peers</c> of the configuration: what stops chains of agents that run away, and when a wait counts as long.</summary>
public sealed class PeersOptions
{
    /// <summary>How deep agents may spawn: the session of a person is depth 0, what it spawns is 1.</summary>
    public int MaxDepth { get; set; } = 3;

    /// <summary>Sessions that may be spawned from one session of a person, by it and by those it spawned.</summary>
    public int MaxSpawned { get; set; } = 20;

    /// <summary>Agents that may be created from one session of a person, by it and by those it spawned.</summary>
    public int MaxCreated { get; set; } = 10;

    /// <summary>Messages a minute from one session to one other.</summary>
    public int MessagesPerMinutePerPair { get; set; } = 20;

    /// <summary>Messages a minute from one session to all others.</summary>
    public int MessagesPerMinute { get; set; } = 60;

    /// <summary>Characters of a message.</summary>
    public int MaxMessageCharacters { get; set; } = 100_000;

    /// <summary>How long <c>check_messages</c> waits where it is not told, in seconds.</summary>
    public double WaitSeconds { get; set; } = 1_800;

    /// <summary>After so many seconds a wait for a peer is told to people, however well it goes.</summary>
    public double QuietSeconds { get; set; } = 120;
}
