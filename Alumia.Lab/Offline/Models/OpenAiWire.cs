namespace Alumia.Lab.Offline.Models;

/// <summary>OpenAI chat completions.</summary>
internal sealed class OpenAiWire(HttpResponse response, string model, bool includeUsage, long created) : StandInWire(response)
{
    private readonly string _id = Id("chatcmpl-");

    public override void Begin(int inputTokens)
    {
        StartEvents();
        Chunk(new { role = "assistant", content = "" });
    }

    public override void Reasoning(string token) => Chunk(new { reasoning_content = token });

    public override void Text(string token) => Chunk(new { content = token });

    /// <summary>First the name, then the arguments in pieces of a few characters, as models write them.</summary>
    public override void Call(int index, PlannedCall call)
    {
        Chunk(new { tool_calls = new[] { new { index, id = Id("call_"), type = "function", function = new { name = call.Name, arguments = "" } } } });
        foreach (var piece in call.Arguments.Chunk(24))
            Chunk(new { tool_calls = new[] { new { index, function = new { arguments = new string(piece) } } } });
    }

    public override void End(int inputTokens, int outputTokens, string reason)
    {
        Chunk(new { }, reason);
        if (includeUsage)
            Event(null, new { id = _id, @object = "chat.completion.chunk", created, model, choices = Array.Empty<object>(), usage = Usage(inputTokens, outputTokens) });
        Raw("data: [DONE]\n\n");
    }

    public override async Task WholeAsync(Plan plan, int inputTokens, int outputTokens, string reason, CancellationToken cancellation)
    {
        var message = new Dictionary<string, object?> { ["role"] = "assistant", ["content"] = plan.Text };
        if (plan.Reasoning.Length > 0)
            message["reasoning_content"] = plan.Reasoning;
        if (plan.Calls.Count > 0)
            message["tool_calls"] = plan.Calls.Select(call => new { id = Id("call_"), type = "function", function = new { name = call.Name, arguments = call.Arguments } });
        await Response.WriteAsJsonAsync(new
        {
            id = _id,
            @object = "chat.completion",
            created,
            model,
            choices = new[] { new { index = 0, message, finish_reason = reason } },
            usage = Usage(inputTokens, outputTokens),
        }, cancellation);
    }

    public override async Task ErrorAsync(int status, string message, int? retryAfter, CancellationToken cancellation)
    {
        Response.StatusCode = status;
        if (retryAfter is not null)
            Response.Headers.RetryAfter = retryAfter.ToString();
        var type = status switch { 401 => "invalid_request_error", 429 => "rate_limit_exceeded", _ => "server_error" };
        await Response.WriteAsJsonAsync(new { error = new { message, type, code = status == 401 ? "invalid_api_key" : type } }, cancellation);
    }

    private void Chunk(object delta, string? reason = null) => Event(null, new
    {
        id = _id,
        @object = "chat.completion.chunk",
        created,
        model,
        choices = new[] { new { index = 0, delta, finish_reason = reason } },
    });

    private static object Usage(int input, int output) => new { prompt_tokens = input, completion_tokens = output, total_tokens = input + output };
}
