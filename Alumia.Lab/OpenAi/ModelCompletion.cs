using System.Text;
using Alumia.Lab.Api;
using Alumia.Lab.Ledger;
using Alumia.Lab.Limits;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.OpenAi;

/// <summary>A completion by a catalogue model: what the client sends is passed to the provider, its tools too, and nothing is kept.</summary>
internal sealed class ModelCompletion(ModelCatalogue catalogue, ModelRouter router, ChatClients clients, ModelMeter money, ChatLimit limit, ApiLimits limits)
{
    /// <exception cref="Refusal">Too many requests, no member, or nothing to pay with.</exception>
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

        var route = await router.RouteAsync(scope.OrgId, model.Id, cancellation);
        var meter = await money.HoldAsync(scope.OrgId, route, messages, cancellation);
        UsageDetails? usage = null;
        var (came, stop, finish) = (new StringBuilder(), StepStop.ProviderFailed, ChatFinishReason.Stop);
        try
        {
            using var client = clients.Create(route);
            await foreach (var update in client.GetStreamingResponseAsync(messages, options, cancellation))
            {
                var more = string.Concat(update.Contents.Select(TextOf));
                came.Append(more);
                foreach (var used in update.Contents.OfType<UsageContent>())
                    (usage ??= new UsageDetails()).Add(used.Details);
                finish = update.FinishReason ?? finish;
                if (Send(update.Contents, writer))
                    await writer.FlushAsync(cancellation);
                if (await money.CoversAsync(meter, more))
                    continue;
                // What came is paid, and given; what nobody could pay is not asked for.
                (finish, stop) = (ChatFinishReason.Length, StepStop.OutOfFunds);
                break;
            }
            if (stop != StepStop.OutOfFunds)
                stop = finish == ChatFinishReason.ToolCalls ? StepStop.ToolCalls : finish == ChatFinishReason.Length ? StepStop.Length : StepStop.Finished;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            stop = StepStop.Cancelled;
            throw;
        }
        finally
        {
            await money.SettleAsync(meter, usage, messages, came.ToString(), stop);
        }
        await writer.EndAsync(finish.Value, usage ?? new UsageDetails(), cancellation);
    }

    private static string TextOf(AIContent content) => content switch
    {
        TextContent text => text.Text,
        TextReasoningContent reasoning => reasoning.Text,
        FunctionCallContent call => call.Name + ToolCalls.RawText(call),
        _ => "",
    };

    private static bool Send(IEnumerable<AIContent> contents, CompletionWriter writer)
    {
        var sends = false;
        foreach (var content in contents)
            sends |= Send(content, writer);
        return sends;
    }

    private static bool Send(AIContent content, CompletionWriter writer)
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
            default:
                return false;
        }
    }
}
