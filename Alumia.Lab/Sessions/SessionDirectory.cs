using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>A turn's id, and the number of its first event.</summary>
internal sealed record TurnSpan(string TurnId, long FirstSequence);

/// <summary>A session that a client begins: where, with whom, under which name of its own, and what was said before.</summary>
internal sealed record NewSession(Project Project, Agent Agent, string? ModelId, string? ClientName, IReadOnlyList<EarlierTurn> Earlier);

/// <summary>The sessions that a person may see, and what of them is not a turn: names, choices, pages, the queue.</summary>
internal sealed class SessionDirectory(IDbContextFactory<LabDbContext> contexts, Writer writer, ProjectDirectory projects, AgentDirectory agents, ModelCatalogue catalogue)
{
    private const int MaxLabel = 255;

    public async Task<Session> CreateAsync(OrgScope scope, string projectId, string agentId, string? modelId, string? label, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        var project = await projects.FindAsync(scope, projectId, cancellation);
        if (project.ArchivedAtMs is not null)
            throw Refusal.Conflict("This project is archived. Bring it back first.");
        var agent = await agents.FindAsync(scope, agentId, cancellation);
        CheckModel(modelId);
        var start = new SessionStart("", scope.OrgId, project.Id, agent.Id, modelId, null, scope.UserId, 0, []);
        return await writer.Write(tx => (start with { Id = Id.New("ses", tx.NowMs), AtMs = tx.NowMs }).Add(tx, label is null ? Session.DefaultLabel : CheckLabel(label)), cancellation);
    }

    /// <summary>The row of a session that a client begins; it is stored with its first message.</summary>
    /// <exception cref="Refusal">The project is archived, or there is no such model.</exception>
    public SessionStart Start(OrgScope scope, NewSession wish, long nowMs)
    {
        scope.Require(OrgRole.Member);
        if (wish.Project.ArchivedAtMs is not null)
            throw Refusal.Conflict("This project is archived. Bring it back first.");
        CheckModel(wish.ModelId);
        return new SessionStart(Id.New("ses", nowMs), scope.OrgId, wish.Project.Id, wish.Agent.Id, wish.ModelId, wish.ClientName, scope.UserId, nowMs, [.. wish.Earlier]);
    }

    /// <summary>A session by its id or the name that a client gave it; null where this person sees none.</summary>
    public async Task<Session?> FindNamedAsync(OrgScope scope, string name, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await Named(db, scope, name).SingleOrDefaultAsync(cancellation);
    }

    /// <summary>Fills a session in which nothing was said yet.</summary>
    public Task SeedAsync(OrgScope scope, Session session, IReadOnlyList<EarlierTurn> earlier, CancellationToken cancellation) =>
        writer.Write(tx => SessionSeed.Write(tx, session, earlier, scope.UserId), cancellation);

    /// <summary>The number with which a turn begins, by the turn's id or by the number of any of its events; null where there is none.</summary>
    public async Task<TurnSpan?> TurnAsync(string sessionId, string? turnId, long sequence, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Set<TurnRecord>().Where(turn => turn.SessionId == sessionId && (turnId != null ? turn.Id == turnId : turn.FirstSequence <= sequence))
            .OrderByDescending(turn => turn.FirstSequence).Select(turn => new TurnSpan(turn.Id, turn.FirstSequence)).FirstOrDefaultAsync(cancellation);
    }

    public async Task<IReadOnlyList<Session>> ListAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        await projects.FindAsync(scope, projectId, cancellation);
        await using var db = contexts.CreateDbContext();
        return await db.In<Session>(scope).Where(session => session.ProjectId == projectId && session.DeletedAtMs == null)
            .OrderByDescending(session => session.UpdatedAtMs).ToListAsync(cancellation);
    }

    public async Task<IReadOnlyList<Session>> NewestAsync(OrgScope scope, string? projectId, string? before, int most, CancellationToken cancellation)
    {
        if (projectId is not null)
            await projects.FindAsync(scope, projectId, cancellation);
        await using var db = contexts.CreateDbContext();
        return await Visible(db, scope)
            .Where(session => session.DeletedAtMs == null && (projectId == null || session.ProjectId == projectId) && (before == null || string.Compare(session.Id, before) < 0))
            .OrderByDescending(session => session.Id).Take(most).ToListAsync(cancellation);
    }

    /// <summary>Sessions with a turn under way, running or parked.</summary>
    public async Task<IReadOnlyList<Session>> LiveAsync(OrgScope scope, int most, CancellationToken cancellation)
    {
        var live = Enum.GetValues<SessionStatus>().Where(status => status.IsLive()).ToArray();
        await using var db = contexts.CreateDbContext();
        return await Visible(db, scope).Where(session => session.DeletedAtMs == null && live.Contains(session.Status)).OrderBy(session => session.UpdatedAtMs).Take(most).ToListAsync(cancellation);
    }

    /// <summary>A session of a project that this person may see.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<Session> FindAsync(OrgScope scope, string sessionId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await Visible(db, scope).SingleOrDefaultAsync(session => session.Id == sessionId && session.DeletedAtMs == null, cancellation)
            ?? throw Refusal.NotFound("session");
    }

    public Task RenameAsync(OrgScope scope, string sessionId, string label, CancellationToken cancellation) =>
        ChangeAsync(scope, sessionId, session => session.Label = CheckLabel(label), cancellation);

    public async Task ChooseAsync(OrgScope scope, string sessionId, string agentId, string? modelId, CancellationToken cancellation)
    {
        var agent = await agents.FindAsync(scope, agentId, cancellation);
        CheckModel(modelId);
        await ChangeAsync(scope, sessionId, session => (session.AgentId, session.ModelId) = (agent.Id, modelId), cancellation);
    }

    public Task DeleteAsync(OrgScope scope, string sessionId, CancellationToken cancellation) =>
        ChangeAsync(scope, sessionId, (session, tx) => (session.DeletedAtMs, session.ClientName) = (tx.NowMs, null), cancellation);

    public async Task RestoreAsync(OrgScope scope, string sessionId, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        await writer.Write(tx =>
        {
            var session = Visible(tx.Db, scope).SingleOrDefault(session => session.Id == sessionId) ?? throw Refusal.NotFound("session");
            session.DeletedAtMs = null;
            tx.Changed(Conversations.Key(sessionId));
            tx.Changed(Conversations.ListKey(session.ProjectId));
        }, cancellation);
    }

    /// <summary>Whether a message of this id and text is answered, being answered or waiting.</summary>
    public async Task<bool> IsSentAsync(string sessionId, NewMessage message, CancellationToken cancellation)
    {
        if (message.Regenerate)
            return false;
        await using var db = contexts.CreateDbContext();
        // In the order in which a message goes: one that leaves the queue between the two is found as a turn.
        var isQueued = await db.Set<QueuedMessageRecord>().AnyAsync(queued => queued.SessionId == sessionId && queued.MessageId == message.MessageId, cancellation);
        var last = await db.Set<TurnRecord>().Where(turn => turn.SessionId == sessionId && turn.MessageId == message.MessageId)
            .OrderByDescending(turn => turn.Revision).FirstOrDefaultAsync(cancellation);
        return last is null ? isQueued : last.TextHash == SessionRows.Hash(message.Text);
    }

    public async Task<IReadOnlyList<QueuedMessage>> QueueAsync(OrgScope scope, string sessionId, CancellationToken cancellation)
    {
        await FindAsync(scope, sessionId, cancellation);
        await using var db = contexts.CreateDbContext();
        return await db.Set<QueuedMessageRecord>().Where(queued => queued.SessionId == sessionId).OrderBy(queued => queued.Position)
            .Select(queued => new QueuedMessage(queued.MessageId, queued.Text, queued.UserId, queued.ByProgram, queued.AtMs)).ToListAsync(cancellation);
    }

    public Task UnqueueAsync(OrgScope scope, string sessionId, string messageId, CancellationToken cancellation) =>
        ChangeAsync(scope, sessionId, (_, tx) => tx.Db.Set<QueuedMessageRecord>()
            .Where(queued => queued.SessionId == sessionId && queued.MessageId == messageId).ExecuteDelete(), cancellation);

    public Task ClearQueueAsync(OrgScope scope, string sessionId, CancellationToken cancellation) =>
        ChangeAsync(scope, sessionId, (_, tx) => tx.Db.Set<QueuedMessageRecord>().Where(queued => queued.SessionId == sessionId).ExecuteDelete(), cancellation);

    public async Task<EventPage> PageAsync(OrgScope scope, string sessionId, long? before, int messages, CancellationToken cancellation)
    {
        var session = await FindAsync(scope, sessionId, cancellation);
        await using var db = contexts.CreateDbContext();
        var end = Math.Min(before - 1 ?? long.MaxValue, session.LastSequence);
        var firsts = await db.Set<TurnRecord>().Where(turn => turn.SessionId == sessionId && turn.FirstSequence <= end)
            .OrderByDescending(turn => turn.FirstSequence).Take(Math.Max(1, messages / 2) + 1).Select(turn => turn.FirstSequence).ToListAsync(cancellation);
        var hasEarlier = firsts.Count > Math.Max(1, messages / 2);
        // What stands before the first turn of all belongs to it.
        var start = hasEarlier ? firsts[^2] : 1;
        var rows = await db.Set<SessionEventRecord>().Where(row => row.SessionId == sessionId && row.Sequence >= start && row.Sequence <= end)
            .OrderBy(row => row.Sequence).ToListAsync(cancellation);
        return new EventPage(rows.ConvertAll(row => row.ToEvent()), hasEarlier, new Cursor(end, 0));
    }

    public async Task<IReadOnlyDictionary<string, EventPage>> LastTurnsAsync(OrgScope scope, IReadOnlyCollection<string> sessionIds, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        var rows = await (
            from session in Visible(db, scope)
            where sessionIds.Contains(session.Id) && session.DeletedAtMs == null
            join turn in db.Set<TurnRecord>() on session.TurnId equals turn.Id
            join row in db.Set<SessionEventRecord>() on session.Id equals row.SessionId
            where row.Sequence >= turn.FirstSequence
            orderby row.SessionId, row.Sequence
            select row).ToListAsync(cancellation);
        return rows.GroupBy(row => row.SessionId).ToDictionary(
            those => those.Key,
            those => new EventPage(those.Select(row => row.ToEvent()).ToList(), true, new Cursor(those.Last().Sequence, 0)));
    }

    private static IQueryable<Session> Named(LabDbContext db, OrgScope scope, string name) =>
        Visible(db, scope).Where(session => (session.Id == name || session.ClientName == name) && session.DeletedAtMs == null);

    private static IQueryable<Session> Visible(LabDbContext db, OrgScope scope) =>
        db.In<Session>(scope).Where(session => ProjectDirectory.Visible(db, scope).Any(project => project.Id == session.ProjectId));

    private Task ChangeAsync(OrgScope scope, string sessionId, Action<Session> change, CancellationToken cancellation) =>
        ChangeAsync(scope, sessionId, (session, _) => change(session), cancellation);

    private async Task ChangeAsync(OrgScope scope, string sessionId, Action<Session, Tx> change, CancellationToken cancellation)
    {
        await FindAsync(scope, sessionId, cancellation);
        scope.Require(OrgRole.Member);
        await writer.Write(tx =>
        {
            var session = tx.Db.In<Session>(scope).SingleOrDefault(session => session.Id == sessionId && session.DeletedAtMs == null) ?? throw Refusal.NotFound("session");
            change(session, tx);
            tx.Changed(Conversations.Key(sessionId));
            tx.Changed(Conversations.ListKey(session.ProjectId));
        }, cancellation);
    }

    private void CheckModel(string? modelId)
    {
        if (modelId is not null && catalogue.Find(modelId) is null)
            throw Refusal.Invalid("model", $"There is no model {modelId} here.");
    }

    private static string CheckLabel(string label) => label.Trim().Length is > 0 and <= MaxLabel
        ? label.Trim()
        : throw Refusal.Invalid("label", $"A session's name has 1 to {MaxLabel} characters.");
}
