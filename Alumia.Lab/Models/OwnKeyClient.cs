using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models;

/// <summary>A client that asks with an org's own key: it remembers that the key was used, and says whose key it is that the provider refuses.</summary>
internal sealed class OwnKeyClient(IChatClient inner, ModelRoute route, ProviderKey row, OwnKeys keys) : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var updates = inner.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var isUsed = false;
        while (await NextAsync(updates))
        {
            if (!isUsed)
                await keys.UsedAsync(row, cancellationToken);
            isUsed = true;
            yield return updates.Current;
        }
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => inner.GetService(serviceType, serviceKey);

    public void Dispose() => inner.Dispose();

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (ProviderException exception) when (exception.Failure == ProviderFailure.Unauthorized)
        {
            // Some providers repeat the key that they refuse.
            var said = exception.Message.Replace(route.Key!, row.Prefix, StringComparison.Ordinal);
            await keys.RefusedAsync(row, said);
            throw ProviderException.OfOwnKey(new RefusedKey(row.Id, route.Provider.Slug, route.Provider.Name, row.Prefix, said), exception.Status);
        }
    }
}
