using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.AiSdk;

/// <summary>A part of a stream, and the place that its event named (the one before it, where it named none).</summary>
internal sealed record SentPart(string Place, JsonElement Body)
{
    public string Type => Body.GetProperty("type").GetString()!;

    public string? this[string key] => Body.TryGetProperty(key, out var value) ? value.ToString() : null;
}

/// <summary>A client of the chat door with a person's key.</summary>
internal sealed class ChatClient : IDisposable
{
    private readonly HttpClient _http;

    private ChatClient(HttpClient http, string key, string org) => (_http, Key, Org) = (http, key, org);

    public string Key { get; }

    public string Org { get; }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<ChatClient> OfAsync(LabHost lab, OrgScope person)
    {
        var key = await lab.Services.GetRequiredService<ApiKeys>().CreateAsync(person, "chat", KeyScopes.All, null, Ended);
        var http = lab.Client();
        http.DefaultRequestHeaders.Authorization = new("Bearer", key.Secret);
        http.DefaultRequestHeaders.Add("X-Alumia-Org", person.OrgSlug);
        return new ChatClient(http, key.Secret, person.OrgSlug);
    }

    /// <summary>A user's message as the AI SDK sends it.</summary>
    public static object User(string text, string? id = null) => new { id, role = "user", parts = new[] { new { type = "text", text } } };

    public static object Assistant(string text) => new { id = Guid.NewGuid().ToString("N"), role = "assistant", parts = new object[] { new { type = "step-start" }, new { type = "text", text, state = "done" } } };

    /// <summary>Posts to the chat; the answer's headers are there, its body comes.</summary>
    public Task<HttpResponseMessage> PostAsync(object body, string? accept = null) => SendAsync(HttpMethod.Post, "", body, accept);

    public Task<HttpResponseMessage> FollowAsync(string session, string? lastEventId = null) => SendAsync(HttpMethod.Get, $"/{session}/stream", null, null, lastEventId);

    public Task<HttpResponseMessage> DoAsync(string session, string deed) => SendAsync(HttpMethod.Post, $"/{session}/{deed}", null);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, string? accept = null, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/chat{path}") { Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body)) };
        if (accept is not null)
            request.Headers.Accept.ParseAdd(accept);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ended);
    }

    /// <summary>Posts, and reads the stream to its end.</summary>
    public async Task<(string SessionId, List<SentPart> Parts)> AskAsync(object body)
    {
        using var answer = await PostAsync(body);
        Assert.True(answer.IsSuccessStatusCode, await TextOfFailureAsync(answer));
        return (SessionOf(answer), await ReadAsync(answer).ToListAsync(Ended));
    }

    public static string SessionOf(HttpResponseMessage answer) => answer.Headers.GetValues("X-Alumia-Session").Single();

    /// <summary>The parts as they come; the stream must end with <c>[DONE]</c>.</summary>
    public static IAsyncEnumerable<SentPart> ReadAsync(HttpResponseMessage answer) => PartsAsync(answer, Ended);

    /// <summary>All text of a stream.</summary>
    public static string TextOf(IEnumerable<SentPart> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts.Where(part => part.Type == "text-delta"))
            text.Append(part["delta"]);
        return text.ToString();
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Ended));

    public void Dispose() => _http.Dispose();

    private static async Task<string> TextOfFailureAsync(HttpResponseMessage answer) => answer.IsSuccessStatusCode ? "" : $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ended)}";

    private static async IAsyncEnumerable<SentPart> PartsAsync(HttpResponseMessage answer, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        var isDone = false;
        var parser = SseParser.Create(stream);
        await foreach (var item in parser.EnumerateAsync(cancellation))
        {
            Assert.False(isDone, "something came after [DONE]");
            isDone = item.Data == "[DONE]";
            if (!isDone)
                yield return new SentPart(parser.LastEventId, JsonSerializer.Deserialize<JsonElement>(item.Data));
        }
        Assert.True(isDone, "the stream ended without [DONE]");
    }
}
