using System.Security.Cryptography;
using System.Text;

namespace Alumia.Lab.Api;

/// <summary>
/// A POST with an <c>Idempotency-Key</c> is done once: the same call again gets the answer that was kept. What was refused or failed did nothing
/// and is not kept, so that the same key may try again. Messages to agents have their own ids for this, and stream.
/// </summary>
internal sealed class Idempotency(RequestDelegate next, IdempotentAnswers answers)
{
    public const string Header = "Idempotency-Key";
    private const int LongestKey = 255;

    public async Task InvokeAsync(HttpContext context)
    {
        var key = context.Request.Headers[Header].ToString();
        if (key.Length == 0 || !HttpMethods.IsPost(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<CountsItself>() is not null
            || context.Features.Get<ApiCaller>() is not { } caller)
        {
            await next(context);
            return;
        }
        if (key.Length > LongestKey)
            throw Refusal.Invalid(Header, $"An Idempotency-Key has up to {LongestKey} characters.");
        var claim = new IdempotentCall(caller.Scope, key, await HashAsync(context.Request, context.RequestAborted));
        if (await answers.BeginAsync(claim, context.RequestAborted) is { } kept)
        {
            context.Response.Headers["Idempotent-Replayed"] = "true";
            await WriteAsync(context.Response, kept.Status, Encoding.UTF8.GetBytes(kept.Body), context.RequestAborted);
            return;
        }
        var gone = context.RequestAborted;
        var (status, body) = await DoAsync(context, claim);
        await WriteAsync(context.Response, status, body, gone);
    }

    /// <summary>Does the call to its end, whoever hangs up meanwhile, so that what was done is known.</summary>
    private async Task<(int Status, byte[] Body)> DoAsync(HttpContext context, IdempotentCall claim)
    {
        var (body, gone) = (context.Response.Body, context.RequestAborted);
        using var written = new MemoryStream();
        var isDone = false;
        try
        {
            (context.Response.Body, context.RequestAborted) = (written, CancellationToken.None);
            await next(context);
            isDone = context.Response.StatusCode is >= 200 and < 300;
        }
        finally
        {
            (context.Response.Body, context.RequestAborted) = (body, gone);
            if (isDone)
                await answers.KeepAsync(claim, context.Response.StatusCode, Encoding.UTF8.GetString(written.GetBuffer(), 0, (int)written.Length));
            else
                await answers.DropAsync(claim);
        }
        return (context.Response.StatusCode, written.ToArray());
    }

    private static async Task<string> HashAsync(HttpRequest request, CancellationToken cancellation)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        var buffer = new byte[8192];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellation)) > 0;)
            hash.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task WriteAsync(HttpResponse response, int status, byte[] body, CancellationToken cancellation)
    {
        response.StatusCode = status;
        if (body.Length == 0)
            return;
        (response.ContentType, response.ContentLength) = ("application/json; charset=utf-8", body.Length);
        await response.Body.WriteAsync(body, cancellation);
    }
}
