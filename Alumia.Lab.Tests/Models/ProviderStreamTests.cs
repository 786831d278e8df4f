using Alumia.Lab.Models;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Tests.Models;

/// <summary>For each provider family a stream in the shape that its public reference shows is read whole.</summary>
public sealed class ProviderStreamTests
{
    // OpenAI: platform.openai.com/docs/api-reference/chat-streaming and .../guides/function-calling (streaming).
    [Fact]
    public async Task OpenAi_streams_text_a_tool_call_in_deltas_and_usage_in_a_chunk_without_choices()
    {
        var updates = await StubProvider.StreamAsync("openai/gpt-5.4-mini", """
            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5.4-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Let me "},"finish_reason":null}],"usage":null}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"see."},"finish_reason":null}],"usage":null}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_A","type":"function","function":{"name":"get_weather","arguments":""}}]},"finish_reason":null}]}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"location\":"}}]},"finish_reason":null}]}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Paris\"}"}}]},"finish_reason":null}]}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":null}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":82,"completion_tokens":17,"total_tokens":99,"prompt_tokens_details":{"cached_tokens":64,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":5}}}

            data: [DONE]


            """);
        Assert.Equal("Let me see.", updates.Text());
        var call = Assert.Single(updates.Calls());
        Assert.Equal(("call_A", "get_weather", """{"location":"Paris"}"""), (call.CallId, call.Name, call.Raw()));
        Assert.Equal("Paris", call.Arguments!["location"]!.ToString());
        var usage = updates.Usage();
        Assert.Equal((82L, 17L, 64L, 5L), (usage.InputTokenCount!.Value, usage.OutputTokenCount!.Value, usage.CachedInputTokenCount!.Value, usage.ReasoningTokenCount!.Value));
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
    }

    // Groq: console.groq.com/docs/api-reference#chat-create and /docs/reasoning (parsed reasoning, usage under x_groq on the finishing chunk).
    [Fact]
    public async Task Groq_streams_reasoning_and_gives_usage_in_its_own_corner()
    {
        var updates = await StubProvider.StreamAsync("groq/openai/gpt-oss-120b", """
            data: {"id":"chatcmpl-g","object":"chat.completion.chunk","model":"openai/gpt-oss-120b","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"x_groq":{"id":"req_1"}}

            data: {"id":"chatcmpl-g","choices":[{"index":0,"delta":{"reasoning":"Two and ","channel":"analysis"},"finish_reason":null}]}

            data: {"id":"chatcmpl-g","choices":[{"index":0,"delta":{"reasoning":"two."},"finish_reason":null}]}

            data: {"id":"chatcmpl-g","choices":[{"index":0,"delta":{"content":"Four."},"finish_reason":null}]}

            data: {"id":"chatcmpl-g","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"fc_1","type":"function","function":{"name":"wait","arguments":"{\"seconds\":1}"}}]},"finish_reason":null}]}

            data: {"id":"chatcmpl-g","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"x_groq":{"id":"req_1","usage":{"queue_time":0.06,"prompt_tokens":18,"prompt_time":0.0002,"completion_tokens":20,"total_tokens":38,"total_time":0.4}}}

            data: [DONE]


            """);
        Assert.Equal("Two and two.", updates.Reasoning());
        Assert.Equal("Four.", updates.Text());
        Assert.Equal("wait", Assert.Single(updates.Calls()).Name);
        Assert.Equal((18L, 20L), (updates.Usage().InputTokenCount!.Value, updates.Usage().OutputTokenCount!.Value));
    }

    [Fact]
    public async Task Groq_error_in_the_stream_is_a_provider_exception()
    {
        var exception = await Assert.ThrowsAsync<ProviderException>(() => StubProvider.StreamAsync("groq/llama-3.3-70b-versatile", """
            data: {"id":"chatcmpl-g","choices":[{"index":0,"delta":{"content":"Hal"},"finish_reason":null}]}

            event: error
            data: {"error":{"message":"over capacity","type":"internal_server_error","code":"over_capacity","status_code":503}}


            """));
        Assert.Equal((ProviderFailure.Overloaded, 503), (exception.Failure, exception.Status));
        Assert.Contains("over capacity", exception.Message);
    }

    // NVIDIA NIM: docs.api.nvidia.com/nim/reference (reasoning_content beside content; usage on the finishing chunk, no [DONE] needed).
    [Fact]
    public async Task Nvidia_streams_reasoning_content_and_usage_on_the_finishing_chunk()
    {
        var updates = await StubProvider.StreamAsync("nvidia/nvidia/nemotron-3-super-120b-a12b", """
            data: {"id":"chat-n","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Hm, "},"finish_reason":null}]}

            data: {"id":"chat-n","choices":[{"index":0,"delta":{"content":null,"reasoning_content":"yes.","reasoning":"yes."},"finish_reason":null}]}

            data: {"id":"chat-n","choices":[{"index":0,"delta":{"content":"Yes."},"finish_reason":null}]}

            data: {"id":"chat-n","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"chatcmpl-tool-1","type":"function","function":{"name":"current_time","arguments":""}}]},"finish_reason":null}]}

            data: {"id":"chat-n","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop","stop_reason":null}],"usage":{"prompt_tokens":5,"total_tokens":12,"completion_tokens":7}}


            """);
        Assert.Equal("Hm, yes.", updates.Reasoning());
        Assert.Equal("Yes.", updates.Text());
        Assert.Equal("{}", Assert.Single(updates.Calls()).Raw());
        Assert.Equal(7, updates.Usage().OutputTokenCount);
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
    }

    // Gemini: ai.google.dev/gemini-api/docs/openai (thoughts and thought signatures in extra_content; parallel calls share index 0).
    [Fact]
    public async Task Gemini_streams_thoughts_signatures_and_calls_that_share_an_index()
    {
        var updates = await StubProvider.StreamAsync("gemini/gemini-3.5-flash", """
            data: {"choices":[{"delta":{"content":"<thought>Two cities","extra_content":{"google":{"thought":true}},"role":"assistant"},"index":0}],"model":"gemini-3.5-flash","object":"chat.completion.chunk"}

            data: {"choices":[{"delta":{"content":"</thought>Looking.","role":"assistant"},"index":0}]}

            data: {"choices":[{"delta":{"role":"assistant","tool_calls":[{"extra_content":{"google":{"thought_signature":"c2ln"}},"function":{"arguments":"{\"city\":\"Rome\"}","name":"weather"},"id":"function-call-1","index":0,"type":"function"}]},"index":0}]}

            data: {"choices":[{"delta":{"role":"assistant","tool_calls":[{"function":{"arguments":"{\"city\":\"Oslo\"}","name":"weather"},"id":"function-call-2","index":0,"type":"function"}]},"finish_reason":"tool_calls","index":0}],"usage":{"completion_tokens":30,"prompt_tokens":100,"total_tokens":180}}

            data: [DONE]


            """);
        Assert.Equal("Two cities", updates.Reasoning());
        Assert.Equal("Looking.", updates.Text());
        Assert.Equal(["Rome", "Oslo"], updates.Calls().Select(call => call.Arguments!["city"]!.ToString()));
        Assert.Contains("c2ln", (string)updates.Calls()[0].AdditionalProperties![ToolCalls.ExtraContent]!);
        Assert.Equal(80, updates.Usage().OutputTokenCount); // Thoughts are in the total alone, and are paid for.
    }

    // Anthropic: docs.anthropic.com/en/docs/build-with-claude/streaming.
    [Fact]
    public async Task Anthropic_streams_thinking_text_a_tool_call_in_deltas_and_usage()
    {
        var updates = await StubProvider.StreamAsync("anthropic/claude-haiku-4-5", AnthropicStream("""{\"location\": \"Paris\"}"""));
        Assert.Equal("Let me think.", updates.Reasoning());
        Assert.Contains(updates.SelectMany(update => update.Contents).OfType<TextReasoningContent>(), thought => thought.ProtectedData == "EqQB");
        Assert.Equal("Okay, looking.", updates.Text());
        var call = Assert.Single(updates.Calls());
        Assert.Equal(("toolu_01", "get_weather", """{"location": "Paris"}"""), (call.CallId, call.Name, call.Raw()));
        Assert.Equal("Paris", call.Arguments!["location"]!.ToString());
        var usage = updates.Usage();
        Assert.Equal((482L, 10L, 89L), (usage.InputTokenCount!.Value, usage.CachedInputTokenCount!.Value, usage.OutputTokenCount!.Value));
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
    }

    [Fact]
    public async Task Anthropic_broken_tool_arguments_come_as_they_are()
    {
        var call = Assert.Single((await StubProvider.StreamAsync("anthropic/claude-haiku-4-5", AnthropicStream("""{\"location\": \"Par"""))).Calls());
        Assert.Null(call.Arguments);
        Assert.Equal("""{"location": "Par""", call.Raw());
    }

    [Fact]
    public async Task Anthropic_error_in_the_stream_is_a_provider_exception()
    {
        var exception = await Assert.ThrowsAsync<ProviderException>(() => StubProvider.StreamAsync("anthropic/claude-haiku-4-5", """
            event: error
            data: {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


            """));
        Assert.Equal(ProviderFailure.Overloaded, exception.Failure);
        Assert.Contains("Overloaded", exception.Message);
    }

    internal static string AnthropicStream(string arguments) => """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"claude-haiku-4-5","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":472,"cache_read_input_tokens":10,"cache_creation_input_tokens":0,"output_tokens":2}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me think."}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: content_block_start
        data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

        event: ping
        data: {"type": "ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Okay, looking."}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":1}

        event: content_block_start
        data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_01","name":"get_weather","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"ARGS"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":2}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":89}}

        event: message_stop
        data: {"type":"message_stop"}


        """.Replace("ARGS", arguments, StringComparison.Ordinal);
}
