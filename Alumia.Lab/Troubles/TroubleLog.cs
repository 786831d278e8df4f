using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Troubles;

/// <summary>What is wrong now, and what was. Rooms raise and heal inside their own transactions; people read, and press fixes.</summary>
public sealed class TroubleLog(IDbContextFactory<LabDbContext> contexts, IEnumerable<IFixHandler> handlers)
{
    /// <summary>The change key of an org's troubles.</summary>
    public static string Key(string orgId) => $"troubles:{orgId}";

    /// <summary>Raises a trouble, or renews the one that is open for the same kind and thing; with <c>fadesAtMs</c> (UTC ms) it heals by itself if it is not raised again before, with <c>onlyFor</c> that user sees it and the org's owners and admins. Of fixes with one label the first counts: by it they are pressed. Returns its id.</summary>
    public static string Raise(Tx tx, string orgId, string kind, string about, string title, string cause,
        IEnumerable<Evidence> evidence, IEnumerable<Fix> fixes, string? projectId = null, string? sessionId = null, long? fadesAtMs = null, string? onlyFor = null)
    {
        var open = Open();
        if (open is null)
        {
            // Somebody else may be about to raise it too.
            tx.Hold($"trouble:{orgId}/{kind}/{about}");
            open = Open();
        }
        if (open is null)
        {
            open = new Trouble
            {
                Id = Id.New("trb", tx.NowMs),
                OrgId = orgId,
                Kind = kind,
                About = about,
                ProjectId = projectId,
                SessionId = sessionId,
                OnlyFor = onlyFor,
                Title = title,
                Cause = cause,
                SinceMs = tx.NowMs,
            };
            tx.Db.Add(open);
        }
        (open.Title, open.Cause, open.Evidence, open.Fixes, open.SeenAtMs, open.FadesAtMs) = (title, cause, [.. evidence], [.. fixes.DistinctBy(fix => fix.Label)], tx.NowMs, fadesAtMs);
        tx.Changed(Key(orgId));
        if (fadesAtMs is not null)
            tx.Changed(TroubleFader.Key);
        return open.Id;

        Trouble? Open() => tx.Db.Set<Trouble>().SingleOrDefault(trouble => trouble.OrgId == orgId && trouble.Kind == kind && trouble.About == about && trouble.HealedAtMs == null);
    }

    /// <summary>Closes what is open about a thing (of one kind, or of any) and leaves one line of what healed it. Returns the ids.</summary>
    public static IReadOnlyList<string> Heal(Tx tx, string orgId, string about, string healedBy, string? kind = null)
    {
        // Mostly nothing is open, and that is told for less.
        if (!tx.One("SELECT 1 FROM trouble WHERE org_id = @org AND about = @about AND healed_at_ms IS NULL LIMIT 1", static _ => true, ("org", orgId), ("about", about)))
            return [];
        var open = tx.Db.Set<Trouble>()
            .Where(trouble => trouble.OrgId == orgId && trouble.About == about && trouble.HealedAtMs == null && (kind == null || trouble.Kind == kind))
            .ToList();
        foreach (var trouble in open)
            (trouble.HealedAtMs, trouble.HealedBy) = (tx.NowMs, healedBy);
        if (open.Count > 0)
            tx.Changed(Key(orgId));
        return [.. open.Select(trouble => trouble.Id)];
    }

    /// <summary>A session is gone for good: all that was wrong with it goes with it.</summary>
    public static void ForgetSession(Tx tx, string sessionId) =>
        tx.Db.Set<Trouble>().Where(trouble => trouble.SessionId == sessionId).ExecuteDelete();

    /// <summary>Deletes so many of those that were healed before this time (UTC ms); returns how many it were.</summary>
    public static int ForgetHealed(Tx tx, long beforeMs, int most)
    {
        var ids = tx.Db.Set<Trouble>().Where(trouble => trouble.HealedAtMs < beforeMs).OrderBy(trouble => trouble.Id).Take(most).Select(trouble => trouble.Id).ToList();
        return tx.Db.Set<Trouble>().Where(trouble => ids.Contains(trouble.Id)).ExecuteDelete();
    }

    /// <summary>What is open of these kinds in every org, for the room that watches over them.</summary>
    internal static IQueryable<Trouble> OpenOf(LabDbContext db, string[] kinds) =>
        db.Set<Trouble>().Where(trouble => kinds.Contains(trouble.Kind) && trouble.HealedAtMs == null); // Of every org: on behalf of the lab.

    /// <summary>What is open now in the org, the oldest first; <paramref name="projects"/> are the projects that this person may see.</summary>
    public async Task<IReadOnlyList<Trouble>> OpenAsync(OrgScope scope, IReadOnlyCollection<string> projects, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await Seen(db, scope)
            .Where(trouble => trouble.HealedAtMs == null && (trouble.ProjectId == null || projects.Contains(trouble.ProjectId)))
            .OrderBy(trouble => trouble.SinceMs).ToListAsync(cancellation);
    }

    /// <summary>The newest healed ones.</summary>
    public async Task<IReadOnlyList<Trouble>> HealedAsync(OrgScope scope, IReadOnlyCollection<string> projects, int most, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await Seen(db, scope)
            .Where(trouble => trouble.HealedAtMs != null && (trouble.ProjectId == null || projects.Contains(trouble.ProjectId)))
            .OrderByDescending(trouble => trouble.HealedAtMs).Take(most).ToListAsync(cancellation);
    }

    /// <summary>All of one session, open and healed, the oldest first: its cards in the panel.</summary>
    public async Task<IReadOnlyList<Trouble>> OfSessionAsync(OrgScope scope, IReadOnlyCollection<string> projects, string sessionId, CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        return await Seen(db, scope)
            .Where(trouble => trouble.SessionId == sessionId && (trouble.ProjectId == null || projects.Contains(trouble.ProjectId)))
            .OrderBy(trouble => trouble.SinceMs).ToListAsync(cancellation);
    }

    /// <summary>Presses a fix of an open trouble, with what the person wrote where it asks for a text.</summary>
    /// <param name="scope">Who presses.</param>
    /// <param name="troubleId">The trouble on whose card it stands.</param>
    /// <param name="label">What the person read on the button: the fixes may have changed since, and never is another one done.</param>
    /// <param name="cancellation">Ends the deed where it can be ended.</param>
    /// <param name="text">What the person wrote.</param>
    /// <exception cref="Refusal">It is healed already, has no such fix any more, or its handler says no.</exception>
    public async Task<FixOutcome> ApplyAsync(OrgScope scope, string troubleId, string label, CancellationToken cancellation, string? text = null)
    {
        await using var db = contexts.CreateDbContext();
        var trouble = await Seen(db, scope).SingleOrDefaultAsync(row => row.Id == troubleId, cancellation)
            ?? throw Refusal.NotFound("trouble");
        if (trouble.HealedAtMs is not null)
            throw Refusal.Conflict("This is healed already.");
        var fix = trouble.Fixes.Find(fix => fix.Label == label) ?? throw Refusal.Conflict("This card has changed since: that is none of its fixes any more.");
        if (fix.Asks is { } asked)
        {
            if (string.IsNullOrWhiteSpace(text))
                throw Refusal.Invalid("text", $"Write it first: {asked}.");
            fix = fix with { Arguments = new(fix.Arguments ?? []) { ["text"] = text } };
        }
        var handler = handlers.FirstOrDefault(handler => handler.Kind == fix.Kind)
            ?? throw new InvalidOperationException($"No room handles the fix {fix.Kind}.");
        return await handler.ApplyAsync(scope, trouble, fix, cancellation);
    }

    /// <summary>Those that are not for somebody else.</summary>
    private static IQueryable<Trouble> Seen(LabDbContext db, OrgScope scope) =>
        scope.Can(OrgRole.Admin) ? db.In<Trouble>(scope) : db.In<Trouble>(scope).Where(trouble => trouble.OnlyFor == null || trouble.OnlyFor == scope.UserId);
}
