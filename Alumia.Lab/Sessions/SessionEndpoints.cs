using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Alumia.Lab.Agents;
using Alumia.Lab.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Sessions;

/// <summary>A session as clients see it.</summary>
public sealed record SessionBody(string Id, string ProjectId, string AgentId, string? Model, string Label, string Status, long CreatedAtMs, long UpdatedAtMs)
{
    internal static SessionBody Of(Session session) => new(
        session.Id, session.ProjectId, session.AgentId, session.ModelId, session.Label, session.Status.Word(), session.CreatedAtMs, session.UpdatedAtMs);
}

/// <summary>A new session. Without an agent (its id or slug) it is Ala's.</summary>
public sealed record SessionWish(string? ProjectId = null, string? AgentId = null, string? Model = null, [property: MaxLength(255)] string? Label = null);

/// <summary>What a client may change of a session; a status of <c>cancelled</c> ends the turn under way.</summary>
public sealed record SessionChange([property: MaxLength(255)] string? Label = null, [property: AllowedValues("cancelled")] string? Status = null);

/// <summary>A message of a session: what a person wrote, or the agent that is named, or what answered it.</summary>
public sealed record MessageBody(string Id, string Role, string Text, long AtMs, string? FinishReason, IReadOnlyList<ToolCallBody>? ToolCalls, ErrorContent? Error, string? FromAgent = null);

/// <summary>A tool call of an answer: its arguments and result as they were sent.</summary>
public sealed record ToolCallBody(string Id, string Tool, string Arguments, string State, string? Result, long? DurationMs);

internal static class SessionEndpoints
{
    public static void MapSessions(this WebApplication app)
    {
        var sessions = app.ApiGroup("sessions");
        sessions.MapGet("", async (
            [AsParameters] PageQuery page, [Description("Those of this project alone.")] string? projectId, ApiCaller caller, Conversations all, CancellationToken cancellation) =>
            page.Of(await all.NewestAsync(caller.Scope, projectId, page.Before(), page.Size() + 1, cancellation), session => session.Id, SessionBody.Of))
            .Needs(KeyScopes.Read).WithSummary("Lists the sessions, the newest first");
        sessions.MapGet("{id}", async (string id, ApiCaller caller, Conversations all, CancellationToken cancellation) =>
            Envelope.Of(SessionBody.Of(await all.FindAsync(caller.Scope, id, cancellation)))).Needs(KeyScopes.Read).WithSummary("Reads a session");
        sessions.MapPost("", CreateAsync).Needs(KeyScopes.Chat).WithSummary("Begins a session, to send messages to");
        sessions.MapPatch("{id}", ChangeAsync).Needs(KeyScopes.Chat).WithSummary("Renames a session, or cancels the turn under way");
        sessions.MapDelete("{id}", async (string id, ApiCaller caller, Conversations all, CancellationToken cancellation) =>
        {
            await all.DeleteAsync(caller.Scope, id, cancellation);
            return Envelope.Of(new Gone(id));
        }).Needs(KeyScopes.Chat).WithSummary("Cancels what runs and deletes the session");
        sessions.MapApprovals();
        sessions.MapGet("{id}/messages", MessagesAsync).Needs(KeyScopes.Read).WithSummary("Reads a session's messages: the newest page first, each page in the order they were written");
    }

    private static async Task<Ok<Envelope<SessionBody>>> CreateAsync(SessionWish wish, ApiCaller caller, Conversations all, AgentDirectory agents, CancellationToken cancellation)
    {
        var agent = await agents.FindAsync(caller.Scope, wish.AgentId ?? Agent.AlaSlug, cancellation);
        var project = wish.ProjectId ?? throw Refusal.Invalid("projectId", "In which project?");
        return Envelope.Of(SessionBody.Of(await all.CreateAsync(caller.Scope, project, agent.Id, wish.Model, wish.Label, cancellation)));
    }

    private static async Task<Ok<Envelope<SessionBody>>> ChangeAsync(string id, SessionChange change, ApiCaller caller, Conversations all, CancellationToken cancellation)
    {
        if (change.Status is not null and not "cancelled")
            throw Refusal.Invalid("status", "The only status that can be asked for is \"cancelled\".");
        if (change.Label is not null)
            await all.RenameAsync(caller.Scope, id, change.Label, cancellation);
        if (change.Status is not null)
            await all.CancelAsync(caller.Scope, id, cancellation);
        return Envelope.Of(SessionBody.Of(await all.FindAsync(caller.Scope, id, cancellation)));
    }

    private static async Task<Ok<Envelope<Page<MessageBody>>>> MessagesAsync(
        string id, [AsParameters] PageQuery page, ApiCaller caller, Conversations all, CancellationToken cancellation)
    {
        var before = page.Cursor is null ? (long?)null
            : long.TryParse(page.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Refusal.Invalid("cursor", "This is no cursor of this list.");
        var transcript = new Transcript();
        transcript.Prepend(await all.PageAsync(caller.Scope, id, before, page.Size(), cancellation));
        return Envelope.List(transcript.Turns.SelectMany(Messages), transcript.HasEarlier ? transcript.FirstSequence?.ToString(CultureInfo.InvariantCulture) : null);
    }

    private static IEnumerable<MessageBody> Messages(TurnView turn)
    {
        yield return new MessageBody(turn.MessageId, "user", turn.Text, turn.StartedAtMs, null, null, null, turn.From?.Name);
        var parts = turn.Steps.SelectMany(step => step.Parts).ToList();
        yield return new MessageBody(
            turn.Id, "assistant", string.Join("\n\n", parts.OfType<ProsePart>().Where(part => !part.IsReasoning).Select(part => part.Text)), turn.EndedAtMs ?? turn.StartedAtMs, turn.FinishReason,
            [.. parts.OfType<ToolPart>().Select(call => new ToolCallBody(call.CallId, call.Tool, call.Arguments, call.State.ToString().ToLowerInvariant(), call.Result, call.DurationMs))],
            turn.Failure is { } failure ? new ErrorContent(failure.Code, failure.Message) : null);
    }
}
