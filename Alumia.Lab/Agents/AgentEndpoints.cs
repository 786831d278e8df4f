using System.ComponentModel.DataAnnotations;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Agents;

/// <summary>An agent as clients see it; viewers do not see its system prompt. The allowed peers are ids, null for all. The tools are those for which somebody chose <c>allow</c>, <c>ask</c> or
/// <c>off</c>; for the others people are asked where the tool changes the world outside.</summary>
public sealed record AgentBody(
    string Id, string Slug, string Name, string Description, string Colour, string? SystemPrompt, string Model, string? ReasoningEffort, IReadOnlyDictionary<string, string> Tools,
    long? DailyLimitCents, long? SessionLimitCents, IReadOnlyList<string>? AllowedPeers, bool IsActive, long CreatedAtMs, long UpdatedAtMs)
{
    internal static AgentBody Of(Agent agent, OrgScope reader) => new(
        agent.Id, agent.Slug, agent.Name, agent.Description, agent.Colour, reader.Can(OrgRole.Member) ? agent.SystemPrompt : null, agent.ModelId, agent.ReasoningEffort, agent.Words(),
        agent.DailyLimit / Money.Cent, agent.SessionLimit / Money.Cent, agent.AllowedPeers, agent.IsActive, agent.CreatedAtMs, agent.UpdatedAtMs);
}

/// <summary>What a client may write into an agent; what is left out stays, or for a new one is the default. Of the tools, each one named becomes
/// <c>allow</c>, <c>ask</c> or <c>off</c>. A limit of 0 cents takes the limit away.
/// The allowed peers are ids or slugs of the agents that it may message; <c>["*"]</c> allows all.</summary>
public sealed record AgentWish(
    [property: MaxLength(AgentEdit.MaxName)] string? Name = null,
    [property: MaxLength(AgentEdit.MaxDescription)] string? Description = null,
    [property: RegularExpression("^#[0-9a-fA-F]{6}$")] string? Colour = null,
    [property: MaxLength(AgentEdit.MaxSystemPrompt)] string? SystemPrompt = null,
    string? Model = null,
    [property: AllowedValues("low", "medium", "high")] string? ReasoningEffort = null,
    [property: Range(0, AgentEdit.MostLimitCents)] long? DailyLimitCents = null,
    [property: Range(0, AgentEdit.MostLimitCents)] long? SessionLimitCents = null,
    bool? IsActive = null,
    IReadOnlyDictionary<string, string?>? Tools = null,
    [property: MaxLength(AgentEdit.MostPeers)] IReadOnlyList<string>? AllowedPeers = null);

internal static class AgentEndpoints
{
    public static void MapAgents(this WebApplication app)
    {
        var agents = app.ApiGroup("agents");
        agents.MapGet("", async ([AsParameters] PageQuery page, ApiCaller caller, AgentDirectory all, CancellationToken cancellation) =>
            page.Cut(await all.ListAsync(caller.Scope, cancellation), agent => agent.Id, agent => AgentBody.Of(agent, caller.Scope)))
            .Needs(KeyScopes.Read).WithSummary("Lists the agents");
        agents.MapGet("{idOrSlug}", async (string idOrSlug, ApiCaller caller, AgentDirectory all, CancellationToken cancellation) =>
            Envelope.Of(AgentBody.Of(await all.FindAsync(caller.Scope, idOrSlug, cancellation), caller.Scope)))
            .Needs(KeyScopes.Read).WithSummary("Reads an agent by its id or slug");
        agents.MapPost("", CreateAsync).Needs(KeyScopes.Manage).WithSummary("Makes an agent");
        agents.MapPatch("{idOrSlug}", ChangeAsync).Needs(KeyScopes.Manage).WithSummary("Changes an agent, from its next turn on");
        agents.MapDelete("{idOrSlug}", async (string idOrSlug, ApiCaller caller, AgentDirectory all, CancellationToken cancellation) =>
        {
            var agent = await all.FindAsync(caller.Scope, idOrSlug, cancellation);
            await all.DeleteAsync(caller.Scope, agent.Id, cancellation);
            return Envelope.Of(new Gone(agent.Id));
        }).Needs(KeyScopes.Manage).WithSummary("Deletes an agent; its sessions stay");
    }

    private static async Task<Ok<Envelope<AgentBody>>> CreateAsync(AgentWish wish, ApiCaller caller, AgentDirectory all, CancellationToken cancellation)
    {
        var ala = await all.FindAsync(caller.Scope, Agent.AlaSlug, cancellation);
        var made = await all.CreateAsync(caller.Scope, Written(new AgentEdit("", "", ala.Colour, "", ala.ModelId, null), wish), wish.IsActive ?? true, cancellation);
        return Envelope.Of(AgentBody.Of(made, caller.Scope));
    }

    private static async Task<Ok<Envelope<AgentBody>>> ChangeAsync(string idOrSlug, AgentWish wish, ApiCaller caller, AgentDirectory all, CancellationToken cancellation)
    {
        var agent = await all.FindAsync(caller.Scope, idOrSlug, cancellation);
        await all.UpdateAsync(caller.Scope, agent.Id, Written(AgentEdit.Of(agent), wish), wish.IsActive, cancellation);
        return Envelope.Of(AgentBody.Of(await all.FindAsync(caller.Scope, agent.Id, cancellation), caller.Scope));
    }

    private static AgentEdit Written(AgentEdit edit, AgentWish wish) => edit with
    {
        Name = wish.Name ?? edit.Name,
        Description = wish.Description ?? edit.Description,
        Colour = wish.Colour ?? edit.Colour,
        SystemPrompt = wish.SystemPrompt ?? edit.SystemPrompt,
        ModelId = wish.Model ?? edit.ModelId,
        ReasoningEffort = wish.ReasoningEffort ?? edit.ReasoningEffort,
        DailyLimit = Limit(wish.DailyLimitCents, edit.DailyLimit),
        SessionLimit = Limit(wish.SessionLimitCents, edit.SessionLimit),
        Tools = ToolRights.Read(wish.Tools),
        Peers = wish.AllowedPeers,
    };

    private static long? Limit(long? cents, long? now) => cents is { } wished ? (wished == 0 ? null : wished * Money.Cent) : now;
}
