using System.Net.Http.Headers;

namespace Alumia.Lab.Measure;

/// <summary>The least that a server between client and provider can do: it passes bytes on as they come.</summary>
internal sealed class Proxy(Uri provider)
{
    private readonly HttpClient _http = new(new SocketsHttpHandler());

    public async Task AnswerAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(provider, "/v1/chat/completions")) { Content = new StreamContent(context.Request.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.ContentType = "text/event-stream";
        await using var stream = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        while (await stream.ReadAsync(context.Response.BodyWriter.GetMemory(), context.RequestAborted) is var read and > 0)
        {
            context.Response.BodyWriter.Advance(read);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }
}
