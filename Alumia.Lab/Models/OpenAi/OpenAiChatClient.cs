using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models.OpenAi;

/// <summary>A slim client of the OpenAI chat-completions protocol and its dialects, streaming only.</summary>
internal sealed class OpenAiChatClient(ModelRoute route, HttpClient http, TimeProvider clock, TimeSpan silence) : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var watch = new SilenceWatch(silence, clock, cancellationToken);
        using var response = await SendAsync(OpenAiRequest.Write(route, messages, options), watch);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var chunks = SseParser.Create(stream, (_, data) => OpenAiChunk.Parse(data)).EnumerateAsync(watch.Token).GetAsyncEnumerator(watch.Token);
        var answer = new OpenAiAnswer();
        while (await NextAsync(chunks, answer, watch) is { IsDone: false } chunk)
        {
            if (chunk.Error is not null)
                throw ProviderErrors.FromStream(route.Provider, chunk.ErrorStatus, chunk.Error);
            if (answer.Take(chunk) is { } update)
                yield return update;
        }
        if (!answer.IsFinished)
            throw ProviderErrors.Cut(route.Provider);
        yield return answer.Close();
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? route.Metadata : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The HTTP client is shared.
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] body, SilenceWatch watch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(route.BaseAddress, "chat/completions"))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (route.Key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", route.Key);
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, watch.Token);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
            {
                var text = await response.Content.ReadAsStringAsync(watch.Token);
                throw ProviderErrors.FromResponse(route.Provider, (int)response.StatusCode, text, ProviderErrors.RetryAfter(response.Headers, clock));
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw ProviderErrors.Network(route.Provider, exception);
        }
        catch (OperationCanceledException) when (watch.IsSilent)
        {
            throw ProviderErrors.Silent(route.Provider, silence);
        }
    }

    /// <summary>The next chunk; null at the stream's end, and when it breaks after the answer was whole.</summary>
    private async ValueTask<OpenAiChunk?> NextAsync(IAsyncEnumerator<SseItem<OpenAiChunk>> chunks, OpenAiAnswer answer, SilenceWatch watch)
    {
        try
        {
            if (!await chunks.MoveNextAsync())
                return null;
            watch.Heard();
            if (chunks.Current.Data.IsDone)
                answer.Done();
            return chunks.Current.Data;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or JsonException)
        {
            return answer.IsFinished ? null : throw ProviderErrors.Cut(route.Provider, exception);
        }
        catch (OperationCanceledException) when (watch.IsSilent)
        {
            throw ProviderErrors.Silent(route.Provider, silence);
        }
    }
}
