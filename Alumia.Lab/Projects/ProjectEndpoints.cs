using Alumia.Lab.Api;

namespace Alumia.Lab.Projects;

/// <summary>A project as clients see it.</summary>
public sealed record ProjectBody(string Id, string Name, string Description, string Prompt, string Emoji, string Visibility, IReadOnlyList<string> Tags, long CreatedAtMs, long LastActiveAtMs, long? ArchivedAtMs)
{
    internal static ProjectBody Of(Project project) => new(
        project.Id, project.Name, project.Description, project.Prompt, project.Emoji, project.Visibility.ToString().ToLowerInvariant(), project.Tags,
        project.CreatedAtMs, project.LastActiveAtMs, project.ArchivedAtMs);
}

/// <summary>What a client may write into a project; what is left out stays, or for a new one is the default.</summary>
public sealed record ProjectWish(string? Name, string? Description, string? Prompt, string? Emoji, string? Visibility, IReadOnlyList<string>? Tags);

internal static class ProjectEndpoints
{
    public static void MapProjects(this WebApplication app)
    {
        var projects = app.ApiGroup("projects");
        projects.MapGet("", async (ApiCaller caller, ProjectDirectory all, string? search, bool? archived, CancellationToken cancellation) =>
            Envelope.List((await all.ListAsync(caller.Scope, search, archived ?? false, cancellation)).Select(ProjectBody.Of))).Needs(KeyScopes.Read);
        projects.MapGet("{id}", async (string id, ApiCaller caller, ProjectDirectory all, CancellationToken cancellation) =>
            Envelope.Of(ProjectBody.Of(await all.FindAsync(caller.Scope, id, cancellation)))).Needs(KeyScopes.Read);
        projects.MapPost("", async (ProjectWish wish, ApiCaller caller, ProjectDirectory all, CancellationToken cancellation) =>
            Envelope.Of(ProjectBody.Of(await all.CreateAsync(caller.Scope, Written(new ProjectEdit(""), wish), cancellation)))).Needs(KeyScopes.Manage);
        projects.MapPatch("{id}", async (string id, ProjectWish wish, ApiCaller caller, ProjectDirectory all, CancellationToken cancellation) =>
        {
            await all.UpdateAsync(caller.Scope, id, Written(ProjectEdit.Of(await all.FindAsync(caller.Scope, id, cancellation)), wish), cancellation);
            return Envelope.Of(ProjectBody.Of(await all.FindAsync(caller.Scope, id, cancellation)));
        }).Needs(KeyScopes.Manage);
        projects.MapDelete("{id}", async (string id, ApiCaller caller, ProjectDirectory all, CancellationToken cancellation) =>
        {
            await all.DeleteAsync(caller.Scope, id, cancellation);
            return Envelope.Of(new { Id = id });
        }).Needs(KeyScopes.Manage);
    }

    private static ProjectEdit Written(ProjectEdit edit, ProjectWish wish) => edit with
    {
        Name = wish.Name ?? edit.Name,
        Description = wish.Description ?? edit.Description,
        Prompt = wish.Prompt ?? edit.Prompt,
        Emoji = wish.Emoji ?? edit.Emoji,
        Tags = wish.Tags ?? edit.Tags,
        Visibility = wish.Visibility is null ? edit.Visibility
            : Enum.TryParse<ProjectVisibility>(wish.Visibility, ignoreCase: true, out var visibility) && Enum.IsDefined(visibility) ? visibility
            : throw Refusal.Invalid("visibility", "A project is open to the team or private: \"team\" or \"private\"."),
    };
}
