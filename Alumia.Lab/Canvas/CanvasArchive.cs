using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Canvas;

/// <summary>Makes a file of a canvas, and a new project of a file.</summary>
public sealed class CanvasArchive(Writer writer, TimeProvider clock, ProjectDirectory projects, AgentDirectory agents, ModelCatalogue models, CanvasBoard board, SessionCopies sessions, BlockCopies blocks)
{
    private const int MostOfLabel = 255;

    /// <summary>The canvas as it is now, with what its agents have said so far; deleted nodes are left out.</summary>
    /// <exception cref="Refusal">Not found.</exception>
    public async Task<CanvasFile> ExportAsync(OrgScope scope, string projectId, CancellationToken cancellation)
    {
        var project = await projects.FindAsync(scope, projectId, cancellation);
        var placed = (await board.ReadAsync(scope, projectId, cancellation)).ToDictionary(node => node.Id);
        var (talks, made) = (await sessions.ReadAsync(scope, projectId, cancellation), await blocks.ReadAsync(scope, projectId, cancellation));
        var (sessionIds, blockIds) = (talks.Select(session => session.Id).ToHashSet(), made.Select(block => block.Id).ToHashSet());
        var slugs = talks.Select(session => session.Agent).Concat(talks.SelectMany(session => session.Events).Select(each => each.Data).OfType<TurnStarted>().Select(began => began.AgentId)).ToHashSet();
        var speakers = (await agents.ListAsync(scope, cancellation)).Where(agent => slugs.Contains(agent.Slug));
        return new CanvasFile(CanvasFile.FormatName, CanvasFile.CurrentVersion, clock.NowMs(),
            new FiledProject(project.Name, project.Description, project.Prompt, project.Emoji, project.Tags, project.Visibility),
            [.. speakers.Select(agent => new FiledAgent(agent.Slug, agent.Name, agent.Colour))],
            [.. talks.Select(session => session with { Events = [.. session.Events.Select(each => WithoutLost(each, blockIds))] })],
            [.. made.Select(block => block with { Session = block.Session is { } of && sessionIds.Contains(of) ? of : null })],
            [.. sessionIds.Concat(blockIds).Where(placed.ContainsKey).Select(id => Place(placed[id]))]);
    }

    /// <summary>A new project of this person with all that the file holds, under new ids; all of it or nothing. Without a name it has the file's.</summary>
    /// <exception cref="Refusal">The file does not hold together; it says where.</exception>
    public async Task<Project> ImportAsync(OrgScope scope, CanvasFile file, string? name, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        CanvasFileCheck.Check(file);
        var edit = new ProjectEdit(name ?? file.Project.Name)
        {
            Description = file.Project.Description,
            Prompt = file.Project.Prompt,
            Emoji = file.Project.Emoji,
            Tags = file.Project.Tags,
            Visibility = file.Project.Visibility,
        };
        string[] texts = [edit.Name, edit.Description, edit.Prompt, edit.Emoji, .. edit.Tags];
        if (texts.Any(text => text.Contains('\0', StringComparison.Ordinal)))
            throw Refusal.Invalid("project", "The project's texts hold a character that cannot be stored: NUL.");
        var ours = (await agents.ListAsync(scope, cancellation)).ToDictionary(agent => agent.Slug);
        var missing = file.Agents.Where(agent => !ours.ContainsKey(agent.Slug)).DistinctBy(agent => agent.Slug).ToDictionary(agent => agent.Slug, agent => agent.Name);
        var talks = file.Sessions.Select(session => session with
        {
            Label = missing.TryGetValue(session.Agent, out var who) ? With(session.Label, $" ({who})") : session.Label,
            Model = session.Model is { } model && models.Find(model) is not null ? model : null,
        }).ToList();
        // All that can be made ready is, before others wait for the writer.
        var nowMs = clock.NowMs();
        var newIds = NewIds("ses", talks.Select(session => session.Id), nowMs).Concat(NewIds("blk", file.Blocks.Select(block => block.Id), nowMs)).ToDictionary();
        var putSessions = SessionCopies.Renew(scope, talks, newIds, slug => ours.GetValueOrDefault(slug) ?? ours[Agent.AlaSlug], nowMs);
        return await writer.Write(tx =>
        {
            var project = ProjectDirectory.Add(tx, scope, edit);
            putSessions(tx, project.Id);
            BlockCopies.Put(tx, scope, project.Id, file.Blocks, newIds);
            CanvasBoard.Put(tx, scope, project.Id, file.Placements, newIds);
            return project;
        }, cancellation);
    }

    /// <summary>Ids sort by their making: the copies keep the order of the file.</summary>
    private static IEnumerable<KeyValuePair<string, string>> NewIds(string prefix, IEnumerable<string> ids, long nowMs)
    {
        var old = ids.ToList();
        return old.Zip(old.ConvertAll(_ => Id.New(prefix, nowMs)).Order(StringComparer.Ordinal), KeyValuePair.Create);
    }

    /// <summary>The event, without a block that was deleted since.</summary>
    private static CopiedEvent WithoutLost(CopiedEvent each, HashSet<string> blockIds) =>
        each.Data is ToolFinished { BlockId: { } block } ended && !blockIds.Contains(block) ? each with { Data = ended with { BlockId = null } } : each;

    private static FiledPlacement Place(CanvasNode node) => new(node.Id, node.Box.X, node.Box.Y, node.Box.Width, node.Box.Height, node.IsCollapsed);

    private static string With(string label, string ending)
    {
        ending = ending[..Math.Min(ending.Length, MostOfLabel / 2)];
        var kept = label.Trim();
        return (kept.Length + ending.Length <= MostOfLabel ? kept : kept[..(MostOfLabel - ending.Length)]) + ending;
    }
}
