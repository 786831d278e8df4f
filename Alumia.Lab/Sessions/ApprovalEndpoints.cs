using System.ComponentModel.DataAnnotations;
using Alumia.Lab.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Sessions;

/// <summary>A call that waits for a person's approval, with its exact arguments (JSON), and since when (UTC ms).</summary>
public sealed record ApprovalBody(string CallId, string Tool, string Arguments, long SinceMs);

/// <summary>An answer to a call that asks: <c>approve</c>, <c>approve_for_session</c>, or <c>deny</c> with a reason for the model.</summary>
public sealed record ApprovalWish(
    [property: AllowedValues("approve", "approve_for_session", "deny")] string? Answer = null, [property: MaxLength(2_000)] string? Reason = null);

/// <summary>Whether the call ran, and was cancelled.</summary>
public sealed record CallCancelled(string SessionId, string CallId, bool Cancelled);

/// <summary>What a client does about single calls of a session's turn.</summary>
internal static class ApprovalEndpoints
{
    public static void MapApprovals(this RouteGroupBuilder sessions)
    {
        sessions.MapGet("{id}/approvals", ListAsync).Needs(KeyScopes.Read).WithSummary("Lists the calls of a session that wait for an approval");
        sessions.MapPost("{id}/approvals/{callId}", AnswerAsync).Needs(KeyScopes.Chat)
            .WithSummary("Approves or denies one call that waits; its turn goes on by itself. 404 where no such call asks, 409 where it was answered before");
        sessions.MapPost("{id}/calls/{callId}/cancel", CancelAsync).Needs(KeyScopes.Chat).WithSummary("Cancels one running call and not its turn: the model is told so, with the output so far");
    }

    private static async Task<Ok<Envelope<Page<ApprovalBody>>>> ListAsync(string id, ApiCaller caller, Conversations all, CancellationToken cancellation)
    {
        var transcript = new Transcript();
        transcript.Prepend(await all.PageAsync(caller.Scope, id, null, 2, cancellation));
        return Envelope.List(transcript.Turns.TakeLast(1).SelectMany(turn => turn.Steps).SelectMany(step => step.Parts).OfType<ToolPart>()
            .Where(call => call.State == ToolState.Asking).Select(call => new ApprovalBody(call.CallId, call.Tool, call.Arguments, call.StartedAtMs)), null);
    }

    private static async Task<Ok<Envelope<SessionBody>>> AnswerAsync(string id, string callId, ApprovalWish wish, ApiCaller caller, Conversations all, CancellationToken cancellation)
    {
        await all.FindAsync(caller.Scope, id, cancellation);
        var answer = wish.Answer switch
        {
            "approve" => ApprovalAnswer.Approved,
            "approve_for_session" => ApprovalAnswer.ApprovedForSession,
            "deny" => ApprovalAnswer.Denied,
            _ => throw Refusal.Invalid("answer", "An answer is \"approve\", \"approve_for_session\" or \"deny\"."),
        };
        await all.AnswerAsync(caller.Scope, id, callId, answer, wish.Reason, cancellation);
        return Envelope.Of(SessionBody.Of(await all.FindAsync(caller.Scope, id, cancellation)));
    }

    private static async Task<Ok<Envelope<CallCancelled>>> CancelAsync(string id, string callId, ApiCaller caller, Conversations all, CancellationToken cancellation) =>
        Envelope.Of(new CallCancelled(id, callId, await all.CancelCallAsync(caller.Scope, id, callId, cancellation)));
}
