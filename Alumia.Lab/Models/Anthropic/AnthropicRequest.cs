using System.Text.Json;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models.Anthropic;

/// <summary>Builds a Messages request out of a conversation.</summary>
internal static class AnthropicRequest
{
    public static MessageCreateParams Build(ModelRoute route, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var history = messages.ToList();
        var limit = Math.Min(options?.MaxOutputTokens ?? 8_192, route.Model.MaxOutputTokens);
        var system = string.Join("\n\n", history.Where(message => message.Role == ChatRole.System).Select(message => message.Text)
            .Prepend(options?.Instructions).Where(text => !string.IsNullOrEmpty(text)));
        var request = new MessageCreateParams
        {
            Model = route.Model.ProviderModelId,
            MaxTokens = limit,
            Messages = Turns(history),
        };
        if (system.Length > 0)
            request = request with { System = system };
        if (options?.Tools?.OfType<AIFunctionDeclaration>().Select(Declare).ToList() is { Count: > 0 } tools)
            request = request with { Tools = tools, ToolChoice = Choice(options.ToolMode) };
        if (options?.StopSequences is { Count: > 0 } stops)
            request = request with { StopSequences = [.. stops] };
        if (Efforts.For(route.Model, options?.Reasoning) is { } effort)
            request = request with { OutputConfig = new OutputConfig { Effort = effort }, Thinking = new ThinkingConfigAdaptive() };
        else if (Efforts.BudgetFor(route.Model, options?.Reasoning) is { } budget && MayThink(history))
            request = request with { MaxTokens = Math.Min(limit + budget, route.Model.MaxOutputTokens), Thinking = new ThinkingConfigEnabled(budget) };
        return request;
    }

    /// <summary>Neighbouring messages of one side are one message there: a user's results and words, an assistant's text and calls.</summary>
    private static List<MessageParam> Turns(List<ChatMessage> history)
    {
        var turns = new List<(bool IsUser, List<ContentBlockParam> Blocks)>();
        foreach (var message in history.Where(message => message.Role != ChatRole.System))
        {
            var isUser = message.Role != ChatRole.Assistant;
            var blocks = message.Contents.Select(Block).OfType<ContentBlockParam>().ToList();
            if (blocks.Count == 0)
                continue;
            if (turns.Count > 0 && turns[^1].IsUser == isUser)
                turns[^1].Blocks.AddRange(blocks);
            else
                turns.Add((isUser, blocks));
        }
        return [.. turns.Select(turn => (MessageParam)(turn.IsUser ? new UserMessageParam(turn.Blocks) : new AssistantMessageParam(turn.Blocks)))];
    }

    private static ContentBlockParam? Block(AIContent content) => content switch
    {
        TextContent { Text.Length: > 0 } text => new TextBlockParam(text.Text),
        TextReasoningContent { ProtectedData: { Length: > 0 } signature } thought => new ThinkingBlockParam { Thinking = thought.Text, Signature = signature },
        FunctionCallContent call => new ToolUseBlockParam { ID = call.CallId, Name = ToolNames.ToWire(call.Name), Input = Arguments(call) },
        FunctionResultContent result => new ToolResultBlockParam(result.CallId) { Content = ToolResults.Text(result), IsError = result.Exception is not null },
        _ => null,
    };

    /// <summary>What the model wrote that is no JSON object is told back to it as one, for the protocol has no other place for it.</summary>
    private static Dictionary<string, JsonElement> Arguments(FunctionCallContent call)
    {
        var text = ToolCalls.ArgumentsText(call);
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(text) ?? [];
        }
        catch (JsonException)
        {
            return new() { ["malformed"] = JsonSerializer.SerializeToElement(text) };
        }
    }

    private static ToolChoice? Choice(ChatToolMode? mode) => mode switch
    {
        NoneChatToolMode => new ToolChoiceNone(),
        RequiredChatToolMode { RequiredFunctionName: { } name } => new ToolChoiceTool(ToolNames.ToWire(name)),
        RequiredChatToolMode => new ToolChoiceAny(),
        _ => null,
    };

    private static ToolUnion Declare(AIFunctionDeclaration tool) => new Tool
    {
        Name = ToolNames.ToWire(tool.Name),
        Description = tool.Description,
        InputSchema = InputSchema.FromRawUnchecked(tool.JsonSchema.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.Clone())),
    };

    /// <summary>With thinking on, the calls of the turn under way must carry their signed thoughts; where those were not kept, it answers without thinking.</summary>
    private static bool MayThink(List<ChatMessage> history)
    {
        var start = history.FindLastIndex(message => message.Role == ChatRole.User && message.Contents.Any(content => content is TextContent));
        return history.Skip(start + 1).Where(message => message.Contents.Any(content => content is FunctionCallContent))
            .All(message => message.Contents.Any(content => content is TextReasoningContent { ProtectedData.Length: > 0 }));
    }
}
