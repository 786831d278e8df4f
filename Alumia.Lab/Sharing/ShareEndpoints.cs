using System.ComponentModel;
using Alumia.Lab.Api;
using Alumia.Lab.Canvas;
using Alumia.Lab.Limits;
using Alumia.Lab.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Sharing;

/// <summary>A shared canvas over the API, for whoever has its token: no key is asked for.</summary>
internal static class ShareEndpoints
{
    public const string Prefix = ApiModule.Prefix + "/share";

    public static void MapShareEndpoints(this WebApplication app)
    {
        var share = app.ApiGroup("share");
        share.MapGet("{token}", GetAsync).WithMetadata(new Anonymous()).AddEndpointFilter(LimitAsync).WithSummary("Reads a shared canvas by its token: what its page shows");
        share.MapGet("lab/{token}", GetAsync).WithMetadata(new Anonymous()).AddEndpointFilter(LimitAsync).WithSummary("The same, by its older address");
    }

    /// <exception cref="Refusal">The token opens nothing.</exception>
    private static async Task<Ok<Envelope<SharedCanvasBody>>> GetAsync(
        string token, [Description("Only this session.")] string? session, [Description("The turns before this number, which the session's `before` told.")] long? before,
        ShareDoor door, ShareReading reading, CancellationToken cancellation)
    {
        if (await door.OpenAsync(token, isAgain: false, cancellation) is not { } sight)
            throw Refusal.NotFound("shared canvas");
        var reader = await reading.OpenAsync(sight, cancellation);
        var nodes = await reader.NodesAsync(cancellation);
        List<SharedSessionBody> sessions = [];
        foreach (var node in nodes.OfType<AgentNode>().Where(node => session is null || node.Id == session))
        {
            var transcript = new Transcript();
            transcript.Prepend(await reader.PageAsync(node.Id, session is null ? null : before, cancellation));
            sessions.Add(SharedSessionBody.Of(node, transcript, reader));
        }
        List<SharedBlockData> blocks = [];
        foreach (var node in nodes.OfType<BlockNode>().Where(_ => session is null))
            blocks.Add(SharedBlockData.Of(node, await reader.BlockAsync(node.Id, cancellation), token));
        var edges = await reader.PeersAsync(cancellation);
        return Envelope.Of(new SharedCanvasBody(
            new SharedProjectBody(sight.Name, sight.Emoji), sight.Parts == SharedParts.None ? [] : ShareLinks.Say(sight.Parts).Split(", "), sessions, blocks,
            [.. edges.Select(edge => new SharedEdgeBody(edge.From, edge.To, edge.Sent, edge.State))]));
    }

    /// <summary>A caller without a key is counted by the address.</summary>
    private static async ValueTask<object?> LimitAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var (limits, tell) = (http.RequestServices.GetRequiredService<RateLimits>(), http.RequestServices.GetRequiredService<ApiLimits>());
        var verdict = await limits.TakeAsync(LimitGroup.Api, $"ip:{VisitorSeats.AddressOf(http)}");
        tell.Tell(http.Response, LimitGroup.Api, verdict);
        if (verdict.IsAllowed)
            return await next(context);
        await ApiLimits.RefuseAsync(http.Response, verdict.RetryAfterMs, http.RequestAborted);
        return Results.Empty;
    }
}
