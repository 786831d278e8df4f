using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Limits;
using Alumia.Lab.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Alumia.Lab.AiSdk;

/// <summary>A session, and whether a turn of it was stopped just now; then the tools whose calls that ended, those that had changed the world
/// outside before and could not be undone, and the held money that came back, in microcents.</summary>
public sealed record StopBody(string SessionId, string Status, bool Stopped, StopReport? Report = null);

/// <summary>A session whose turn goes on; follow it at its stream.</summary>
public sealed record ResumeBody(string SessionId, string Status);

/// <summary><c>/api/v1/chat</c>: the AI SDK's UI message stream, or the whole message for clients that ask for JSON.</summary>
internal static class ChatEndpoints
{
    private const int MostBytes = 4 * 1024 * 1024;
    private const string SessionHeader = "X-Alumia-Session";

    public static void MapAiSdk(this WebApplication app)
    {
        var chat = app.ApiGroup("chat");
        chat.MapPost("", SendAsync).Needs(KeyScopes.Chat).WithMetadata(new CountsItself(), new RequestSizeLimitAttribute(MostBytes))
            .WithSummary("Sends a message, and streams the answer as the AI SDK's UI message stream; with Accept: application/json the whole message at once.")
            .Accepts<ChatRequest>("application/json").Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
        chat.MapGet("{id}/stream", FollowAsync).Needs(KeyScopes.Chat)
            .WithSummary("Follows the turn that is live, from its start or from Last-Event-ID; 204 where nothing is live.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").Produces(StatusCodes.Status204NoContent);
        chat.MapPost("{id}/stop", StopAsync).Needs(KeyScopes.Chat).WithSummary("Cancels the turn under way; what was written so far stays.");
        chat.MapPost("{id}/resume", ResumeAsync).Needs(KeyScopes.Chat).WithSummary("Goes on with an interrupted turn, or wakes one that waits; 409 where there is neither.");
    }

    private static async Task SendAsync(HttpContext context, ApiCaller caller, ChatDoor door, PartStream stream, ApiLimits limits)
    {
        var request = await JsonSerializer.DeserializeAsync(context.Request.Body, ChatJson.Default.ChatRequest, context.RequestAborted) ?? throw new JsonException("The body is null.");
        var turn = await door.SendAsync(caller.Scope, request, context.RequestAborted);
        context.Response.Headers[SessionHeader] = turn.Session.Id;
        if (turn.Limit is { } limit)
            limits.Tell(context.Response, LimitGroup.Chat, limit);
        if (WantsWhole(context.Request))
            await AnswerAsync(context, door, turn);
        else
            await stream.SendAsync(context, turn);
    }

    private static async Task FollowAsync(string id, HttpContext context, ApiCaller caller, ChatDoor door, PartStream stream)
    {
        Place? from = null;
        if (context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last)
            from = Place.TryParse(last, out var place) ? place : throw new BadHttpRequestException("Last-Event-ID is none of this stream's.");
        var turn = await door.FollowAsync(caller.Scope, id, from, context.RequestAborted);
        if (turn is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        context.Response.Headers[SessionHeader] = turn.Session.Id;
        await stream.SendAsync(context, turn);
    }

    private static async Task<Ok<Envelope<StopBody>>> StopAsync(string id, ApiCaller caller, ChatDoor door, CancellationToken cancellation)
    {
        var session = await door.FindAsync(caller.Scope, id, cancellation);
        var stopped = await door.StopAsync(caller.Scope, session, cancellation);
        var report = stopped ? await door.ReportAsync(caller.Scope, session, cancellation) : null;
        return Envelope.Of(new StopBody(session.Id, (await door.FindAsync(caller.Scope, session.Id, cancellation)).Status.Word(), stopped, report));
    }

    private static async Task<Ok<Envelope<ResumeBody>>> ResumeAsync(string id, ApiCaller caller, ChatDoor door, CancellationToken cancellation)
    {
        var session = await door.FindAsync(caller.Scope, id, cancellation);
        await door.ResumeAsync(caller.Scope, session, cancellation);
        return Envelope.Of(new ResumeBody(session.Id, (await door.FindAsync(caller.Scope, session.Id, cancellation)).Status.Word()));
    }

    /// <summary>Waits for the turn's end, or until it waits for something itself; a turn that failed is an error.</summary>
    private static async Task AnswerAsync(HttpContext context, ChatDoor door, ChatTurn turn)
    {
        var answer = new WholeAnswer();
        await foreach (var frames in door.FramesAsync(turn, context.RequestAborted))
        {
            answer.Add(turn.Parts.Take(frames));
            if (turn.Parts.IsOver || (turn.Parts.IsCaughtUp && turn.Parts.Status.IsParked()))
                break;
        }
        if (answer.Failure is { } failure)
        {
            await ApiErrors.Result(failure.Code, TurnFaults.StatusOf(failure.Code), failure.Message).ExecuteAsync(context);
            return;
        }
        context.Response.ContentType = "application/json";
        answer.WriteTo(context.Response.BodyWriter, turn.Session.Id, turn.Parts.Status.Word());
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static bool WantsWhole(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Contains("application/json", StringComparison.OrdinalIgnoreCase) && !accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
    }
}
