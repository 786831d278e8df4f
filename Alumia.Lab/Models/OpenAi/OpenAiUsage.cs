using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models.OpenAi;

/// <summary>The tokens of a step, in all the names that providers give them.</summary>
internal sealed class OpenAiUsage
{
    private long _input;
    private long _output;
    private long _total;
    private long? _cached;
    private long? _reasoning;

    public static OpenAiUsage Read(ref Utf8JsonReader json)
    {
        var usage = new OpenAiUsage();
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("prompt_tokens"u8))
                usage._input = json.NextNumber() ?? 0;
            else if (json.ValueTextEquals("completion_tokens"u8))
                usage._output = json.NextNumber() ?? 0;
            else if (json.ValueTextEquals("total_tokens"u8))
                usage._total = json.NextNumber() ?? 0;
            else if (json.ValueTextEquals("cached_tokens"u8) || json.ValueTextEquals("prompt_cache_hit_tokens"u8))
                usage._cached = json.NextNumber() ?? usage._cached;
            else if (json.ValueTextEquals("prompt_tokens_details"u8))
                usage._cached = Detail(ref json, "cached_tokens"u8) ?? usage._cached;
            else if (json.ValueTextEquals("completion_tokens_details"u8))
                usage._reasoning = Detail(ref json, "reasoning_tokens"u8);
            else
                json.Skip();
        }
        return usage;
    }

    /// <summary>
    /// xAI and Gemini leave the reasoning out of <c>completion_tokens</c> and have it in the total; it is paid for as output.
    /// </summary>
    public UsageDetails ToDetails() => new()
    {
        InputTokenCount = _input,
        OutputTokenCount = Math.Max(_output, _total - _input),
        TotalTokenCount = Math.Max(_total, _input + _output),
        CachedInputTokenCount = _cached,
        ReasoningTokenCount = _reasoning,
    };

    private static long? Detail(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        long? found = null;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            return found;
        while (json.NextProperty())
        {
            if (json.ValueTextEquals(name))
                found = json.NextNumber();
            else
                json.Skip();
        }
        return found;
    }
}
