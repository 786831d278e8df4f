using Alumia.Lab.Api;
using Alumia.Lab.Limits;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.OpenAi;

/// <summary>A completion by a catalogue model: what the client sends is passed to the provider, its tools too, and nothing is kept.</summary>
internal sealed class ModelCompletion(ModelCatalogue catalogue, ModelRouter router, ChatClients clients, ChatLimit limit, ApiLimits limits)
{
    /// <exception cref="Refusal">Too many requests, or no member.</exception>
    /// <exception cref="OpenAiFault">No such model, or a request that cannot be passed on.</exception>
    /// <exception cref="ProviderException">The provider failed.</exception>
    public async Task AnswerAsync(OrgScope scope, ChatRequest request, HttpResponse response, CompletionWriter writer, CancellationToken cancellation)
    {
        if (catalogue.Find(request.Model!) is not { } model)
            throw OpenAiFault.NoModel(request.Model!);
        scope.Require(OrgRole.Member);
        var (messages, options) = (ModelMessages.Messages(request), ModelMessages.Options(request));
        var taken = await limit.TakeAsync(scope);
        if (!taken.IsAllowed)
            throw await limit.RefuseAsync(scope, taken);
        limits.Tell(response, LimitGroup.Chat, taken);

        using var client = clients.Create(await router.RouteAsync(scope.OrgId, model.Id, cancellation));
        var usage = new UsageDetails();
        var finish = ChatFinishReason.Stop;
        await foreach (var update in client.GetStreamingResponseAsync(messages, options, cancellation))
        {
            var sends = false;
            foreach (var content in update.Contents)
                sends |= Send(content, writer, usage);
            finish = update.FinishReason ?? finish;
            if (sends)
                await writer.FlushAsync(cancellation);
        }
        await writer.EndAsync(finish.Value, usage, cancellation);
    }

    private static bool Send(AIContent content, CompletionWriter writer, UsageDetails usage)
    {
        switch (content)
        {
            case TextContent { Text.Length: > 0 } text:
                writer.Text(text.Text);
                return true;
            case TextReasoningContent { Text.Length: > 0 } reasoning:
                writer.Reasoning(reasoning.Text);
                return true;
            case FunctionCallContent call:
                writer.Call(call);
                return true;
            case UsageContent used:
                usage.Add(used.Details);
                return false;
            default:
                return false;
        }
    }
}
