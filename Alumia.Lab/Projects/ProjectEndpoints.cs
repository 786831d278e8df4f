using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Alumia.Lab.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Projects;

/// <summary>A project as clients see it.</summary>
public sealed record ProjectBody(string Id, string Name, string Description, string Prompt, string Emoji, string Visibility, IReadOnlyList<string> Tags, long CreatedAtMs, long LastActiveAtMs, long? ArchivedAtMs)
{
    internal static ProjectBody Of(Project project) => new(
        project.Id, project.Name, project.Description, project.Prompt, project.Emoji, project.Visibility.ToString().ToLowerInvariant(), project.Tags,
        project.CreatedAtMs, project.LastActiveAtMs, project.ArchivedAtMs);
}

/// <summary>What a client may write into a project; what is left out stays, or for a new one is the default.</summary>
public sealed record ProjectWish(
    [property: MaxLength(ProjectEdit.MaxName)] string? Name = null,
    [property: MaxLength(ProjectEdit.MaxDescription)] string? Description = null,
    [property: MaxLength(ProjectEdit.MaxPrompt)] string? Prompt = null,
    [property: MaxLength(16)] string? Emoji = null,
    [property: AllowedValues("team", "private")] string? Visibility = null,
    [property: MaxLength(ProjectEdit.MaxTags)] IReadOnlyList<string>? Tags = null,
    bool? IsArchived = null);

internal static class ProjectEndpoints
{
    public static void MapProjects(this WebApplication app)
    {
        var projects = app.ApiGroup("projects");
        projects.MapGet("", async (
            [AsParameters] PageQuery page, [Description("Those with this in name, description or tags.")] string? search, bool? archived,
            ApiCaller caller, ProjectDirectory all, CancellationToken cancellation) =>
            page.Cut(await all.ListAsync(caller.Scope, search, archived ?? false, cancellation), project => project.Id, ProjectBody.Of))
            .Needs(KeyScopes.Read).WithSummary("Lists the projects");
        projects.MapGet("{id}", async (string id, ApiCaller caller, ProjectDirectory all, CancellationToken cancellation) =>
            Envelope.Of(ProjectBody.Of(await all.FindAsync(caller.Scope, id, cancellation)))).Needs(KeyScopes.Read).WithSummary("Reads a project");
        projects.MapPost("", CreateAsync).Needs(KeyScopes.Manage).WithSummary("Makes a project");
        projects.MapPatch("{id}", ChangeAsync).Needs(KeyScopes.Manage).WithSummary("Changes a project, archives it or brings it back");
        projects.MapDelete("{id}", async (string id, ApiCaller caller, ProjectDirectory all, CancellationToken cancellation) =>
        {
            await all.DeleteAsync(caller.Scope, id, cancellation);
            return Envelope.Of(new Gone(id));
        }).Needs(KeyScopes.Manage).WithSummary("Deletes a project and all in it");
    }

    private static async Task<Ok<Envelope<ProjectBody>>> CreateAsync(ProjectWish wish, ApiCaller caller, ProjectDirectory all, CancellationToken cancellation)
    {
        if (wish.IsArchived is true)
            throw Refusal.Invalid("isArchived", "A new project is not archived.");
        return Envelope.Of(ProjectBody.Of(await all.CreateAsync(caller.Scope, Written(new ProjectEdit(""), wish), cancellation)));
    }

    private static async Task<Ok<Envelope<ProjectBody>>> ChangeAsync(string id, ProjectWish wish, ApiCaller caller, ProjectDirectory all, CancellationToken cancellation)
    {
        await all.UpdateAsync(caller.Scope, id, Written(ProjectEdit.Of(await all.FindAsync(caller.Scope, id, cancellation)), wish), cancellation);
        if (wish.IsArchived is { } isArchived)
            await all.ArchiveAsync(caller.Scope, id, isArchived, cancellation);
        return Envelope.Of(ProjectBody.Of(await all.FindAsync(caller.Scope, id, cancellation)));
    }

    private static ProjectEdit Written(ProjectEdit edit, ProjectWish wish) => edit with
    {
        Name = wish.Name ?? edit.Name,
        Description = wish.Description ?? edit.Description,
        Prompt = wish.Prompt ?? edit.Prompt,
        Emoji = wish.Emoji ?? edit.Emoji,
        Tags = wish.Tags is null ? edit.Tags : wish.Tags.All(tag => tag is not null) ? wish.Tags : throw Refusal.Invalid("tags", "A tag is a text."),
        Visibility = wish.Visibility switch
        {
            null => edit.Visibility,
            "team" => ProjectVisibility.Team,
            "private" => ProjectVisibility.Private,
            _ => throw Refusal.Invalid("visibility", "A project is open to the team or private: \"team\" or \"private\"."),
        },
    };
}
