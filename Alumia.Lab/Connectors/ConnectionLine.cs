namespace Alumia.Lab.Connectors;

/// <summary>A connection as members see it. Its credential is told to nobody.</summary>
/// <param name="Id">The connection's id.</param>
/// <param name="Connector">The connector's slug.</param>
/// <param name="OwnerId">Whose it is: a user's id.</param>
/// <param name="OwnerName">The owner's name.</param>
/// <param name="IsMine">Whether the reader manages it.</param>
/// <param name="IsShared">Whether everybody's agents may use it.</param>
/// <param name="Account">The account's name at the service; empty where it is not known yet.</param>
/// <param name="Status">As it was seen last.</param>
/// <param name="StatusAtMs">Since when, in UTC ms.</param>
/// <param name="Failure">Why it failed; empty where it has not.</param>
/// <param name="Scopes">What is granted, by the provider's names.</param>
/// <param name="WorkedAtMs">When a call last succeeded, in UTC ms.</param>
/// <param name="LastError">The last error of a call; empty where there was none.</param>
/// <param name="LastErrorAtMs">When that was, in UTC ms.</param>
/// <param name="Agents">The names of the agents that have an operation of this connector switched on.</param>
/// <param name="CreatedAtMs">Since when it is there, in UTC ms.</param>
public sealed record ConnectionLine(
    string Id, string Connector, string OwnerId, string OwnerName, bool IsMine, bool IsShared, string Account, ConnectionStatus Status, long StatusAtMs, string Failure,
    IReadOnlyList<string> Scopes, long? WorkedAtMs, string LastError, long? LastErrorAtMs, IReadOnlyList<string> Agents, long CreatedAtMs);

/// <summary>What came of the reader's last way to a connector's consent.</summary>
/// <param name="Id">Names it, where it asks something.</param>
/// <param name="Connector">The connector's slug.</param>
/// <param name="ConnectionId">The connection that it was for.</param>
/// <param name="Outcome">In words.</param>
/// <param name="IsGood">Whether all is as it was wished.</param>
/// <param name="OtherAccount">The account that came back instead of the connection's own, and may take its place; null where nothing is asked.</param>
/// <param name="AtMs">When the person came back, in UTC ms.</param>
public sealed record ConnectNews(string Id, string Connector, string ConnectionId, string Outcome, bool IsGood, string? OtherAccount, long AtMs);
