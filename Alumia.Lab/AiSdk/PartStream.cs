using Alumia.Lab.Api;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.AiSdk;

/// <summary>Sends a turn to one client as it happens, all that waits in one write. The client's going away ends this, never the turn.</summary>
internal sealed class PartStream(ChatDoor door, IOptions<AiSdkOptions> options)
{
    public async Task SendAsync(HttpContext context, ChatTurn turn)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers["x-vercel-ai-ui-message-stream"] = "v1";
        response.Headers.CacheControl = "no-cache";
        response.Headers["x-accel-buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        bound.CancelAfter(TimeSpan.FromMinutes(options.Value.StreamMinutes));
        using var writer = new PartWriter(response.BodyWriter);
        try
        {
            // Until another turn has ended nothing would come, and the client would not know that it was heard.
            if (turn.Waiting is not null)
                await FlushAsync(context);
            await SendAsync(context, turn, writer, bound.Token);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // It went away.
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            writer.Write(new UiPart(UiPartKind.Error, null, "SERVICE_UNAVAILABLE", "This stream was open for as long as one may be. The turn goes on; follow it with GET /api/v1/chat/{sessionId}/stream."));
        }
        catch (Refusal refusal)
        {
            writer.Write(new UiPart(UiPartKind.Error, null, ApiErrors.Of(refusal.Kind).Code, refusal.Message));
        }
        writer.WriteDone();
        await FlushAsync(context);
    }

    private async Task SendAsync(HttpContext context, ChatTurn turn, PartWriter writer, CancellationToken cancellation)
    {
        var quiet = TimeSpan.FromSeconds(options.Value.QuietSeconds);
        await using var frames = door.FramesAsync(turn, cancellation).GetAsyncEnumerator(cancellation);
        while (!turn.Parts.IsOver)
        {
            var next = frames.MoveNextAsync();
            if (!(next.IsCompletedSuccessfully ? next.Result : await NewsAsync(context, writer, next.AsTask(), quiet)))
                return;
            var parts = turn.Parts.Take(frames.Current);
            for (var i = 0; i < parts.Count; i++)
                writer.Write(parts[i]);
            if (parts.Count > 0 && !turn.Parts.IsOver)
                await FlushAsync(context);
        }
    }

    /// <summary>Waits for news, and says that the line is alive meanwhile.</summary>
    private async Task<bool> NewsAsync(HttpContext context, PartWriter writer, Task<bool> next, TimeSpan quiet)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(quiet);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                try
                {
                    writer.WriteComment();
                    await FlushAsync(context);
                }
                catch
                {
                    // What is waited for must have ended before it can be put away.
                    context.Abort();
                    await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    throw;
                }
            }
        }
    }

    /// <summary>A client that takes nothing costs its place: nobody waits for it, and nothing but its own line is held back.</summary>
    private async ValueTask FlushAsync(HttpContext context)
    {
        var flush = context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        if (flush.IsCompleted)
        {
            await flush;
            return;
        }
        try
        {
            await flush.AsTask().WaitAsync(TimeSpan.FromSeconds(options.Value.SlowReaderSeconds), context.RequestAborted);
        }
        catch (TimeoutException)
        {
            context.Abort();
            throw new OperationCanceledException("The client took nothing for too long.", context.RequestAborted);
        }
    }
}
