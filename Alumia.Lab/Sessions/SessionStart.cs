using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>A session that is about to be stored, and what was said in it before it came here.</summary>
[GenerateSerializer, Immutable]
internal sealed record SessionStart(
    [property: Id(0)] string Id, [property: Id(1)] string OrgId, [property: Id(2)] string ProjectId, [property: Id(3)] string AgentId, [property: Id(4)] string? ModelId,
    [property: Id(5)] string? ClientName, [property: Id(6)] string MakerId, [property: Id(7)] long AtMs, [property: Id(8)] IReadOnlyList<EarlierTurn> Earlier)
{
    /// <summary>The session as it is stored.</summary>
    public Session Row(string label, long lastSequence = 0) => new()
    {
        Id = Id,
        OrgId = OrgId,
        ProjectId = ProjectId,
        AgentId = AgentId,
        ModelId = ModelId,
        ClientName = ClientName,
        Label = label,
        MakerId = MakerId,
        LastSequence = lastSequence,
        CreatedAtMs = AtMs,
        UpdatedAtMs = AtMs,
    };

    /// <summary>Stores it. Null where another session of the org has its name: somebody began one at the same moment.</summary>
    public Session? AddNamed(Tx tx)
    {
        if (ClientName is not null)
        {
            OrgQueries.Lock(tx, OrgId);
            if (tx.One("SELECT 1 FROM session WHERE org_id = @org AND client_name = @name", static _ => true, ("org", OrgId), ("name", ClientName)))
                return null;
        }
        var session = Add(tx, Session.DefaultLabel);
        if (Earlier.Count > 0)
            session.LastSequence = SessionSeed.Write(tx, session, Earlier, MakerId);
        return session;
    }

    public Session Add(Tx tx, string label)
    {
        var session = Row(label);
        SessionRows.Insert(tx, session);
        tx.Changed(Conversations.ListKey(ProjectId));
        return session;
    }
}

/// <summary>What came of a beginning: nothing was sent where another session has the name.</summary>
/// <param name="Sent">The first message's.</param>
/// <param name="LastSequence">The number of the last event before the turn's first.</param>
[GenerateSerializer, Immutable]
internal sealed record SessionBegun([property: Id(0)] Sent? Sent, [property: Id(1)] long LastSequence);
