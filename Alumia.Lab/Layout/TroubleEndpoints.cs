using System.ComponentModel;
using Alumia.Lab.Api;
using Alumia.Lab.Projects;
using Alumia.Lab.Troubles;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Layout;

/// <summary>A trouble as clients see it: what is wrong, since when, why as far as facts tell, and what mends it.</summary>
public sealed record TroubleBody(
    string Id, string Kind, string About, string? ProjectId, string? SessionId, string Title, string Cause, IReadOnlyList<Evidence> Evidence, IReadOnlyList<Fix> Fixes,
    long SinceMs, long SeenAtMs, long? HealedAtMs, string? HealedBy)
{
    internal static TroubleBody Of(Trouble trouble) => new(
        trouble.Id, trouble.Kind, trouble.About, trouble.ProjectId, trouble.SessionId, trouble.Title, trouble.Cause, trouble.Evidence, trouble.Fixes,
        trouble.SinceMs, trouble.SeenAtMs, trouble.HealedAtMs, trouble.HealedBy);
}

/// <summary>The troubleshooting page for clients.</summary>
internal static class TroubleEndpoints
{
    private const int MostHealed = 1_000;

    public static void MapTroubles(this WebApplication app) =>
        app.ApiGroup("troubles").MapGet("", ListAsync).Needs(KeyScopes.Read).WithSummary("Lists what is wrong now and since when, or what was and has healed");

    private static async Task<Ok<Envelope<Page<TroubleBody>>>> ListAsync(
        [AsParameters] PageQuery page, [Description("Those that have healed, of the newest 1,000.")] bool? healed,
        ApiCaller caller, TroubleLog troubles, ProjectDirectory projects, CancellationToken cancellation)
    {
        var seen = await projects.IdsAsync(caller.Scope, cancellation);
        var all = healed is true ? await troubles.HealedAsync(caller.Scope, seen, MostHealed, cancellation) : await troubles.OpenAsync(caller.Scope, seen, cancellation);
        return page.Cut(all, trouble => trouble.Id, TroubleBody.Of);
    }
}
