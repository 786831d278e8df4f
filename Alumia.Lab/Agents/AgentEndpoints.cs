using Alumia.Lab.Api;

namespace Alumia.Lab.Agents;

/// <summary>An agent as clients see it.</summary>
public sealed record AgentBody(string Id, string Slug, string Name, string Description, string Colour, string Model, string? ReasoningEffort, IReadOnlyList<string> ToolsOff, bool IsActive, long CreatedAtMs, long UpdatedAtMs)
{
    internal static AgentBody Of(Agent agent) =>
        new(agent.Id, agent.Slug, agent.Name, agent.Description, agent.Colour, agent.ModelId, agent.ReasoningEffort, agent.ToolsOff, agent.IsActive, agent.CreatedAtMs, agent.UpdatedAtMs);
}

/// <summary>What a client may write into an agent; what is left out stays, or for a new one is the default.</summary>
public sealed record AgentWish(string? Name, string? Description, string? Colour, string? SystemPrompt, string? Model, string? ReasoningEffort, bool? IsActive);

internal static class AgentEndpoints
{
    public static void MapAgents(this WebApplication app)
    {
        var agents = app.ApiGroup("agents");
        agents.MapGet("", async (ApiCaller caller, AgentDirectory all, CancellationToken cancellation) =>
            Envelope.List((await all.ListAsync(caller.Scope, cancellation)).Select(AgentBody.Of))).Needs(KeyScopes.Read);
        agents.MapGet("{idOrSlug}", async (string idOrSlug, ApiCaller caller, AgentDirectory all, CancellationToken cancellation) =>
            Envelope.Of(AgentBody.Of(await all.FindAsync(caller.Scope, idOrSlug, cancellation)))).Needs(KeyScopes.Read);
        agents.MapPost("", async (AgentWish wish, ApiCaller caller, AgentDirectory all, CancellationToken cancellation) =>
        {
            var ala = await all.FindAsync(caller.Scope, Agent.AlaSlug, cancellation);
            var made = await all.CreateAsync(caller.Scope, Written(new AgentEdit("", "", ala.Colour, "", ala.ModelId, null), wish), cancellation);
            return Envelope.Of(AgentBody.Of(made));
        }).Needs(KeyScopes.Manage);
        agents.MapPatch("{idOrSlug}", async (string idOrSlug, AgentWish wish, ApiCaller caller, AgentDirectory all, CancellationToken cancellation) =>
        {
            var agent = await all.FindAsync(caller.Scope, idOrSlug, cancellation);
            await all.UpdateAsync(caller.Scope, agent.Id, Written(AgentEdit.Of(agent), wish), cancellation);
            if (wish.IsActive is { } isActive)
                await all.SetActiveAsync(caller.Scope, agent.Id, isActive, cancellation);
            return Envelope.Of(AgentBody.Of(await all.FindAsync(caller.Scope, agent.Id, cancellation)));
        }).Needs(KeyScopes.Manage);
        agents.MapDelete("{idOrSlug}", async (string idOrSlug, ApiCaller caller, AgentDirectory all, CancellationToken cancellation) =>
        {
            var agent = await all.FindAsync(caller.Scope, idOrSlug, cancellation);
            await all.DeleteAsync(caller.Scope, agent.Id, cancellation);
            return Envelope.Of(new { agent.Id });
        }).Needs(KeyScopes.Manage);
    }

    private static AgentEdit Written(AgentEdit edit, AgentWish wish) => edit with
    {
        Name = wish.Name ?? edit.Name,
        Description = wish.Description ?? edit.Description,
        Colour = wish.Colour ?? edit.Colour,
        SystemPrompt = wish.SystemPrompt ?? edit.SystemPrompt,
        ModelId = wish.Model ?? edit.ModelId,
        ReasoningEffort = wish.ReasoningEffort ?? edit.ReasoningEffort,
    };
}
