using Alumia.Lab.Agents;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>The model that a parked session's next step would run on: its own, or its agent's.</summary>
internal static class ChosenModel
{
    /// <summary>Null where the session or its agent is gone.</summary>
    public static async Task<string?> OfAsync(LabDbContext db, WakeCondition condition, CancellationToken cancellation) => await (
        from session in db.Set<Session>().Where(row => row.OrgId == condition.OrgId)
        join agent in db.Set<Agent>().Where(row => row.OrgId == condition.OrgId) on session.AgentId equals agent.Id
        where session.Id == condition.SessionId
        select session.ModelId ?? agent.ModelId).SingleOrDefaultAsync(cancellation);
}
