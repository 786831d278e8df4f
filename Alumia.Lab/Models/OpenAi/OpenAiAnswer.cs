using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models.OpenAi;

/// <summary>Turns the chunks of one answer into updates: text and reasoning at once, tool calls and usage when it is whole.</summary>
internal sealed class OpenAiAnswer
{
    private readonly ToolCalls.Joiner _calls = new();
    private readonly ThinkTag _think = new();
    private ChatFinishReason? _finish;
    private OpenAiUsage? _usage;
    private bool _anyCall;

    /// <summary>Whether the provider has said that the answer is whole.</summary>
    public bool IsFinished => _finish is not null;

    public ChatResponseUpdate? Take(OpenAiChunk chunk)
    {
        _usage = chunk.Usage ?? _usage;
        if (chunk.FinishReason is { Length: > 0 } reason)
            _finish = ReasonOf(reason);
        foreach (var call in chunk.ToolCalls ?? [])
        {
            _anyCall = true;
            _calls.Add(call.Index, call.Id, call.Name, call.Arguments, call.Extra);
        }
        var (text, reasoning) = _think.Split(chunk.Text ?? "");
        return Update(text, chunk.Reasoning + reasoning);
    }

    /// <summary>The provider's <c>[DONE]</c>: whole, even where no reason was given.</summary>
    public void Done() => _finish ??= ChatFinishReason.Stop;

    public ChatResponseUpdate Close()
    {
        var (text, reasoning) = _think.End();
        var update = Update(text, reasoning) ?? new ChatResponseUpdate { Role = ChatRole.Assistant };
        foreach (var call in _calls.Calls())
            update.Contents.Add(call);
        if (_usage is not null)
            update.Contents.Add(new UsageContent(_usage.ToDetails()));
        update.FinishReason = _anyCall && _finish == ChatFinishReason.Stop ? ChatFinishReason.ToolCalls : _finish;
        return update;
    }

    private static ChatResponseUpdate? Update(string text, string? reasoning)
    {
        if (text.Length == 0 && string.IsNullOrEmpty(reasoning))
            return null;
        var update = new ChatResponseUpdate { Role = ChatRole.Assistant };
        if (!string.IsNullOrEmpty(reasoning))
            update.Contents.Add(new TextReasoningContent(reasoning));
        if (text.Length > 0)
            update.Contents.Add(new TextContent(text));
        return update;
    }

    private static ChatFinishReason ReasonOf(string reason) => reason switch
    {
        "stop" or "eos" or "stop_sequence" => ChatFinishReason.Stop,
        "length" or "max_tokens" or "model_length" => ChatFinishReason.Length,
        "tool_calls" or "function_call" => ChatFinishReason.ToolCalls,
        "content_filter" or "sensitive" => ChatFinishReason.ContentFilter,
        _ => new ChatFinishReason(reason),
    };
}
