namespace Alumia.Lab.Sessions;

/// <summary>A session as it leaves the lab for a file, or comes from one: at rest, and without the ids of people, of agents or of the org.</summary>
/// <param name="Id">Names it among those that it goes with.</param>
/// <param name="Label">1 to 255 characters.</param>
/// <param name="Agent">The agent's slug; empty where the agent was deleted.</param>
/// <param name="Model">The person's choice for this session; null for the agent's own.</param>
/// <param name="Status">For readers; what the events say counts.</param>
/// <param name="CreatedAtMs">UTC ms.</param>
/// <param name="UpdatedAtMs">UTC ms.</param>
/// <param name="Events">In order, without those of troubles: their cards stay with the lab that had them.</param>
public sealed record SessionCopy(string Id, string Label, string Agent, string? Model, SessionStatus Status, long CreatedAtMs, long UpdatedAtMs, IReadOnlyList<CopiedEvent> Events);

/// <summary>An event of a copied session: its turn, numbered from 1 in the order of their beginnings, when (UTC ms), and what. A
/// <see cref="TurnStarted"/> has the agent's slug for an id, and its author by name.</summary>
public sealed record CopiedEvent(int Turn, long AtMs, SessionEventData Data);
