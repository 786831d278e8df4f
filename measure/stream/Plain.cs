using System.ClientModel;
using Microsoft.Extensions.AI;
using OpenAI;

namespace Alumia.Lab.Measure;

/// <summary>What a chat over Microsoft.Extensions.AI needs and no more, written as its documentation shows it: no key is checked and nothing is kept.</summary>
internal sealed class Plain(Uri provider)
{
    private readonly IChatClient _client = new OpenAIClient(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(provider, "/v1") })
        .GetChatClient("m").AsIChatClient();

    public IResult Answer(Request request, CancellationToken cancellation) => TypedResults.ServerSentEvents(DeltasAsync(request, cancellation));

    private async IAsyncEnumerable<Delta> DeltasAsync(Request request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var messages = request.Messages.Select(message => new ChatMessage(new ChatRole(message.Role), message.Content));
        await foreach (var update in _client.GetStreamingResponseAsync(messages, cancellationToken: cancellation))
        {
            if (update.Text.Length > 0)
                yield return new Delta(update.Text);
        }
    }

    internal sealed record Request(IReadOnlyList<Message> Messages);

    internal sealed record Message(string Role, string Content);

    private sealed record Delta(string Text);
}
