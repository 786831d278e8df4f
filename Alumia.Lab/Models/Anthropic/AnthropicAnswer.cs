using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models.Anthropic;

/// <summary>Turns the events of one answer into updates.</summary>
internal sealed class AnthropicAnswer
{
    private readonly ToolCalls.Joiner _calls = new();
    private ChatFinishReason? _finish;
    private long _input;
    private long _cached;
    private long _output;

    public bool HasBegun { get; private set; }

    public bool IsFinished { get; private set; }

    public ChatResponseUpdate? Take(RawMessageStreamEvent message)
    {
        HasBegun = true;
        if (message.TryPickContentBlockDelta(out var delta))
            return TakeDelta(delta.Index, delta.Delta);
        if (message.TryPickContentBlockStart(out var block))
            return TakeBlock(block);
        if (message.TryPickStart(out var start))
            Count(start.Message.Usage.InputTokens, start.Message.Usage.CacheReadInputTokens, start.Message.Usage.CacheCreationInputTokens, start.Message.Usage.OutputTokens);
        else if (message.TryPickDelta(out var end))
        {
            Count(end.Usage.InputTokens, end.Usage.CacheReadInputTokens, end.Usage.CacheCreationInputTokens, end.Usage.OutputTokens);
            _finish = end.Delta.StopReason?.Raw() is { } reason ? ReasonOf(reason) : _finish;
        }
        else if (message.TryPickStop(out _))
            IsFinished = true;
        return null;
    }

    public ChatResponseUpdate Close()
    {
        var update = new ChatResponseUpdate { Role = ChatRole.Assistant, FinishReason = _finish ?? ChatFinishReason.Stop };
        foreach (var call in _calls.Calls())
            update.Contents.Add(call);
        update.Contents.Add(new UsageContent(new UsageDetails
        {
            InputTokenCount = _input,
            CachedInputTokenCount = _cached,
            OutputTokenCount = _output,
            TotalTokenCount = _input + _output,
        }));
        return update;
    }

    private ChatResponseUpdate? TakeBlock(RawContentBlockStartEvent block)
    {
        if (block.ContentBlock.TryPickToolUse(out var call))
            _calls.Add((int)block.Index, call.ID, call.Name, null, null);
        else if (block.ContentBlock.TryPickText(out var text) && text.Text.Length > 0)
            return new ChatResponseUpdate(ChatRole.Assistant, text.Text);
        return null;
    }

    private ChatResponseUpdate? TakeDelta(long index, RawContentBlockDelta delta)
    {
        if (delta.TryPickText(out var text))
            return new ChatResponseUpdate(ChatRole.Assistant, text.Text);
        if (delta.TryPickThinking(out var thinking))
            return new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent(thinking.Thinking)]);
        if (delta.TryPickSignature(out var signature))
            return new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("") { ProtectedData = signature.Signature }]);
        if (delta.TryPickInputJson(out var json))
            _calls.Add((int)index, null, null, json.PartialJson, null);
        return null;
    }

    /// <summary>The last word counts; cached and newly cached input come beside the rest there, and within it here.</summary>
    private void Count(long? input, long? cacheRead, long? cacheMade, long output)
    {
        if (input is not null)
            (_input, _cached) = (input.Value + (cacheRead ?? 0) + (cacheMade ?? 0), cacheRead ?? 0);
        _output = output;
    }

    private static ChatFinishReason ReasonOf(string reason) => reason switch
    {
        "end_turn" or "stop_sequence" or "pause_turn" => ChatFinishReason.Stop,
        "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
        "tool_use" => ChatFinishReason.ToolCalls,
        "refusal" => ChatFinishReason.ContentFilter,
        _ => new ChatFinishReason(reason),
    };
}
