using Alumia.Lab.Accounts;
using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>Takes copies of a project's sessions, and puts such copies into another project.</summary>
public sealed class SessionCopies
{
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly SessionDirectory _directory;
    private readonly AgentDirectory _agents;
    private readonly IUserNames _people;

    internal SessionCopies(IDbContextFactory<LabDbContext> contexts, SessionDirectory directory, AgentDirectory agents, IUserNames people) =>
        (_contexts, _directory, _agents, _people) = (contexts, directory, agents, people);

    /// <summary>Copies of all sessions of the project that are not deleted, the oldest first.</summary>
    /// <exception cref="Refusal">The project is not found.</exception>
    public async Task<IReadOnlyList<SessionCopy>> ReadAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        var sessions = (await _directory.ListAsync(scope, projectId, cancellation)).OrderBy(session => session.Id, StringComparer.Ordinal).ToList();
        var slugs = (await _agents.ListAsync(scope, cancellation)).ToDictionary(agent => agent.Id, agent => agent.Slug);
        await using var db = _contexts.CreateDbContext();
        var ofProject = db.In<Session>(scope).Where(session => session.ProjectId == projectId && session.DeletedAtMs == null);
        // First what streams, then what is stored: a step that closes in between is then stored, and its open part is passed over.
        var open = await ofProject.Join(db.Set<OpenStepRecord>(), session => session.Id, row => row.SessionId, (_, row) => row).ToDictionaryAsync(row => row.SessionId, cancellation);
        var rows = await ofProject.Join(db.Set<SessionEventRecord>(), session => session.Id, row => row.SessionId, (_, row) => row).OrderBy(row => row.Sequence).ToListAsync(cancellation);
        var stored = rows.ToLookup(row => row.SessionId, row => row.ToEvent());
        var names = await _people.OfAsync(stored.SelectMany(events => events).Select(each => each.Data).OfType<TurnStarted>().Select(began => began.UserId).OfType<string>(), cancellation);
        return sessions.ConvertAll(session =>
        {
            var (events, status) = SessionRest.Of(stored[session.Id], open.GetValueOrDefault(session.Id));
            return new SessionCopy(session.Id, session.Label, slugs.GetValueOrDefault(session.AgentId, ""), session.ModelId, status,
                session.CreatedAtMs, session.UpdatedAtMs, Numbered(events, slugs, names));
        });
    }

    /// <summary>
    /// Makes new sessions of this person of checked copies, and gives what writes them, in a transaction that makes their project too. All that
    /// the copies name by an id has its new one, and each slug an agent of this org.
    /// </summary>
    internal static Action<Tx, string> Renew(OrgScope scope, IReadOnlyList<SessionCopy> copies, IReadOnlyDictionary<string, string> newIds, Func<string, Agent> agentOf, long nowMs)
    {
        var made = copies.Select(copy => (copy, newIds[copy.Id], SessionRest.Of(Stored(copy, newIds, agentOf, nowMs), null))).ToList();
        return (tx, projectId) => Write(tx, scope, projectId, made, agentOf);
    }

    private static void Write(Tx tx, OrgScope scope, string projectId, List<(SessionCopy, string, (IReadOnlyList<SessionEvent>, SessionStatus))> made, Func<string, Agent> agentOf)
    {
        foreach (var (copy, id, (events, status)) in made)
        {
            tx.Db.Add(new Session
            {
                Id = id,
                OrgId = scope.OrgId,
                ProjectId = projectId,
                AgentId = agentOf(copy.Agent).Id,
                ModelId = copy.Model,
                Label = copy.Label.Trim(),
                Status = status,
                MakerId = scope.UserId,
                LastSequence = events.Count,
                TurnId = events.LastOrDefault(each => each.Data is TurnStarted)?.TurnId,
                CreatedAtMs = copy.CreatedAtMs,
                UpdatedAtMs = copy.UpdatedAtMs,
            });
        }
        tx.Db.SaveChanges(); // The rows below point to these.
        foreach (var (_, id, (events, _)) in made)
        {
            foreach (var each in events)
            {
                SessionRows.Insert(tx, id, each);
                if (each.Data is TurnStarted began)
                    SessionRows.InsertTurn(tx, new TurnRecord { Id = each.TurnId, SessionId = id, MessageId = began.MessageId, Revision = began.Revision, TextHash = SessionRows.Hash(began.Text), FirstSequence = each.Sequence });
            }
        }
    }

    private static List<CopiedEvent> Numbered(IReadOnlyList<SessionEvent> events, Dictionary<string, string> slugs, IReadOnlyDictionary<string, string> names)
    {
        var turns = new Dictionary<string, int>();
        var copied = new List<CopiedEvent>(events.Count);
        foreach (var each in events)
        {
            var data = each.Data;
            if (data is TurnStarted began)
            {
                turns.Add(each.TurnId, turns.Count + 1);
                var author = began.UserId is { } writer ? names.GetValueOrDefault(writer, "Somebody") : began.Author;
                data = began with { UserId = null, Author = author, AgentId = slugs.GetValueOrDefault(began.AgentId, "") };
            }
            if (data is ApprovalAnswered answered)
                data = answered with { UserId = null };
            // What stands before the first turn of all belongs to none.
            if (turns.TryGetValue(each.TurnId, out var turn))
                copied.Add(new CopiedEvent(turn, each.AtMs, data));
        }
        return copied;
    }

    internal static IEnumerable<SessionEvent> Stored(SessionCopy copy, IReadOnlyDictionary<string, string> newIds, Func<string, Agent> agentOf, long nowMs)
    {
        var turns = new List<string>();
        foreach (var each in copy.Events)
        {
            if (each.Data is TurnStarted)
                turns.Add(Lab.Id.New("trn", nowMs));
            yield return new SessionEvent(0, turns[each.Turn - 1], each.AtMs, SessionRows.Rename(each.Data, newIds) switch
            {
                // Whoever wrote it elsewhere is nobody here: no id of a file's may act as a person's.
                TurnStarted began => began with { UserId = null, AgentId = agentOf(began.AgentId).Id },
                // A file must not say what runs unasked here.
                ApprovalAnswered answered => answered with { UserId = null, Answer = answered.Answer == ApprovalAnswer.ApprovedForSession ? ApprovalAnswer.Approved : answered.Answer },
                ToolFinished { BlockId: { } block } ended => ended with { BlockId = newIds.GetValueOrDefault(block, block) },
                var data => data,
            });
        }
    }
}
