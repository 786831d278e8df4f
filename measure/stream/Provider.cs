using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Alumia.Lab.Measure;

/// <summary>
/// A provider of OpenAI's protocol that costs next to nothing: every answer is the same fifty tokens, made before. It writes them as fast as
/// they go, 16 at a time as providers' servers join them; or one by one, every so many milliseconds, where the request says <c>[[pace 20]]</c>.
/// </summary>
internal static class Provider
{
    private const int Tokens = 50, TokensPerFlush = 16;

    private static readonly byte[] _head = Event("""{"role":"assistant","content":""}""");
    private static readonly byte[] _first = Event("""{"content":"alpha "}"""), _next = Event("""{"content":"beta "}""");

    private static readonly byte[] _end = Encoding.UTF8.GetBytes("""
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1764000000,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1764000000,"model":"m","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":50,"total_tokens":70}}

        data: [DONE]


        """);

    public static async Task AnswerAsync(HttpContext context)
    {
        var pace = PaceOf(await BodyAsync(context.Request.BodyReader));
        var writer = context.Response.BodyWriter;
        context.Response.ContentType = "text/event-stream";
        writer.Write(_head);
        using var timer = pace is { } ms ? new PeriodicTimer(TimeSpan.FromMilliseconds(ms)) : null;
        for (var i = 0; i < Tokens; i++)
        {
            if (timer is not null)
                await timer.WaitForNextTickAsync(context.RequestAborted);
            writer.Write(i == 0 ? _first : _next);
            if (timer is not null || (i + 1) % TokensPerFlush == 0)
                await writer.FlushAsync(context.RequestAborted);
        }
        writer.Write(_end);
        await writer.FlushAsync(context.RequestAborted);
    }

    private static async Task<string> BodyAsync(PipeReader reader)
    {
        while (true)
        {
            var read = await reader.ReadAsync();
            if (read.IsCompleted)
            {
                var text = Encoding.UTF8.GetString(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return text;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static int? PaceOf(string body)
    {
        const string mark = "[[pace ";
        var at = body.LastIndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? null : int.Parse(body.AsSpan(at + mark.Length, body.IndexOf(']', at) - at - mark.Length), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static byte[] Event(string delta) => Encoding.UTF8.GetBytes(
        $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1764000000,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":null}]}""" + "\n\n");
}
