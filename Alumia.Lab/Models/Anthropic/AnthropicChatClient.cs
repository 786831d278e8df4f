using System.Runtime.CompilerServices;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models.Anthropic;

/// <summary>
/// Anthropic Messages by its own SDK. It reads the raw events rather than the SDK's chat client, which parses a call's arguments
/// and throws where they are broken.
/// </summary>
internal sealed class AnthropicChatClient(ModelRoute route, HttpClient http, TimeProvider clock, TimeSpan silence) : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var watch = new SilenceWatch(silence, clock, cancellationToken);
        using var headers = new RetryAfterReader(http, clock);
        using var client = new AnthropicClient(new ClientOptions
        {
            ApiKey = route.Key,
            BaseUrl = route.BaseAddress.ToString().TrimEnd('/'),
            HttpClient = headers.Http,
            MaxRetries = 0,
            Timeout = TimeSpan.FromDays(1), // It is told to the provider; the silence watch is what ends a stream.
        });
        var answer = new AnthropicAnswer();
        await using var events = client.Messages.CreateStreaming(AnthropicRequest.Build(route, messages, options), watch.Token).GetAsyncEnumerator(watch.Token);
        while (await NextAsync(events, answer, headers, watch))
        {
            if (answer.Take(events.Current) is { } update)
                yield return update;
        }
        if (!answer.IsFinished)
            throw ProviderErrors.Cut(route.Provider);
        yield return answer.Close();
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(System.Type serviceType, object? serviceKey = null) => serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? route.Metadata : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The HTTP client is shared.
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<RawMessageStreamEvent> events, AnthropicAnswer answer, RetryAfterReader headers, SilenceWatch watch)
    {
        try
        {
            var more = await events.MoveNextAsync();
            watch.Heard();
            return more;
        }
        catch (OperationCanceledException) when (watch.IsSilent)
        {
            throw ProviderErrors.Silent(route.Provider, silence);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (watch.Token.IsCancellationRequested)
                watch.Token.ThrowIfCancellationRequested();
            throw Translate(exception, answer, headers);
        }
    }

    private ProviderException Translate(Exception exception, AnthropicAnswer answer, RetryAfterReader headers) => exception switch
    {
        AnthropicSseException error => ProviderErrors.FromStream(route.Provider, StatusOf(error), error.ApiMessage ?? error.Message),
        AnthropicApiException error => ProviderErrors.FromResponse(route.Provider, (int)error.StatusCode, error.ResponseBody, headers.RetryAfter, error),
        _ when answer.HasBegun => ProviderErrors.Cut(route.Provider, exception),
        AnthropicIOException { InnerException: { } inner } => ProviderErrors.Network(route.Provider, inner),
        _ => ProviderErrors.Network(route.Provider, exception),
    };

    /// <summary>The status that the same error has when it comes before the stream, as its reference lists them.</summary>
    private static int? StatusOf(AnthropicSseException error) => error.Type?.Raw() switch
    {
        "rate_limit_error" => 429,
        "overloaded_error" => 529,
        "authentication_error" => 401,
        "permission_error" => 403,
        "invalid_request_error" => 400,
        _ => null,
    };
}
