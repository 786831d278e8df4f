using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alumia.Lab.Offline.Models;

/// <summary>Anthropic Messages.</summary>
internal sealed class AnthropicWire(HttpResponse response, string model) : StandInWire(response)
{
    private readonly string _id = Id("msg_");
    private int _index = -1;
    private string? _open;

    public override void Begin(int inputTokens)
    {
        StartEvents();
        Event("message_start", new
        {
            type = "message_start",
            message = new
            {
                id = _id,
                type = "message",
                role = "assistant",
                model,
                content = Array.Empty<object>(),
                stop_reason = (string?)null,
                stop_sequence = (string?)null,
                usage = Usage(inputTokens, 1),
            },
        });
    }

    public override void Reasoning(string token)
    {
        Open("thinking", new { type = "thinking", thinking = "", signature = "" });
        Delta(new { type = "thinking_delta", thinking = token });
    }

    public override void Text(string token)
    {
        Open("text", new { type = "text", text = "" });
        Delta(new { type = "text_delta", text = token });
    }

    public override void Call(int index, PlannedCall call)
    {
        Close();
        Open("tool", new { type = "tool_use", id = Id("toolu_"), name = call.Name, input = new { } });
        foreach (var piece in call.Arguments.Chunk(24))
            Delta(new { type = "input_json_delta", partial_json = new string(piece) });
    }

    public override void End(int inputTokens, int outputTokens, string reason)
    {
        Close();
        Event("message_delta", new { type = "message_delta", delta = new { stop_reason = Reason(reason), stop_sequence = (string?)null }, usage = new { output_tokens = outputTokens } });
        Event("message_stop", new { type = "message_stop" });
    }

    public override async Task WholeAsync(Plan plan, int inputTokens, int outputTokens, string reason, CancellationToken cancellation)
    {
        var content = new List<object>();
        if (plan.Reasoning.Length > 0)
            content.Add(new { type = "thinking", thinking = plan.Reasoning, signature = "offline" });
        if (plan.Text.Length > 0)
            content.Add(new { type = "text", text = plan.Text });
        content.AddRange(plan.Calls.Select(call => new { type = "tool_use", id = Id("toolu_"), name = call.Name, input = Parse(call.Arguments) }));
        await Response.WriteAsJsonAsync(new
        {
            id = _id,
            type = "message",
            role = "assistant",
            model,
            content,
            stop_reason = Reason(reason),
            stop_sequence = (string?)null,
            usage = Usage(inputTokens, outputTokens),
        }, cancellation);
    }

    public override async Task ErrorAsync(int status, string message, int? retryAfter, CancellationToken cancellation)
    {
        Response.StatusCode = status;
        if (retryAfter is not null)
            Response.Headers.RetryAfter = retryAfter.ToString();
        var type = status switch { 401 => "authentication_error", 429 => "rate_limit_error", 529 => "overloaded_error", >= 500 => "api_error", _ => "invalid_request_error" };
        await Response.WriteAsJsonAsync(new { type = "error", error = new { type, message } }, cancellation);
    }

    private void Open(string kind, object block)
    {
        if (_open == kind)
            return;
        Close();
        _open = kind;
        Event("content_block_start", new { type = "content_block_start", index = ++_index, content_block = block });
    }

    private void Close()
    {
        if (_open is null)
            return;
        if (_open == "thinking")
            Delta(new { type = "signature_delta", signature = "offline" });
        Event("content_block_stop", new { type = "content_block_stop", index = _index });
        _open = null;
    }

    private void Delta(object delta) => Event("content_block_delta", new { type = "content_block_delta", index = _index, delta });

    private static string Reason(string reason) => reason switch { "tool_calls" => "tool_use", "length" => "max_tokens", _ => "end_turn" };

    private static object Usage(int input, int output) =>
        new { input_tokens = input, cache_creation_input_tokens = 0, cache_read_input_tokens = 0, output_tokens = output };

    /// <summary>A whole answer has no place for broken JSON.</summary>
    private static JsonNode Parse(string arguments)
    {
        try
        {
            return JsonNode.Parse(arguments) ?? new JsonObject();
        }
        catch (JsonException)
        {
            return new JsonObject();
        }
    }
}
