using System.Text.Json;
using Alumia.Lab.Models;

namespace Alumia.Lab.Offline.Models;

/// <summary>The address that speaks Anthropic Messages.</summary>
internal static class AnthropicStandIn
{
    public static void MapAnthropicStandIn(this IEndpointRouteBuilder offline)
    {
        offline.MapPost("/providers/{slug}/v1/messages", async (string slug, HttpContext context, StandInAnswers answers) =>
        {
            if (await StandInRequest.ReadAsync(context) is not { } body)
                return;
            var model = body.Text("model");
            await answers.AnswerAsync(context, new Ask(slug, KeyOf(context), Read(body, model), body.Flag("stream"), body.Number("max_tokens")),
                new AnthropicWire(context.Response, model));
        });
        offline.MapGet("/providers/{slug}/v1/models", (string slug, HttpContext context, ModelCatalogue catalogue) => StandInRequest.IsGood(KeyOf(context))
            ? (IResult)TypedResults.Json(new
            {
                data = catalogue.Models.Where(model => model.Provider == slug).Select(model => new { type = "model", id = model.ProviderModelId, display_name = model.Name }),
                has_more = false,
            })
            : TypedResults.Json(new { type = "error", error = new { type = "authentication_error", message = StandInRequest.NotGood } }, statusCode: StatusCodes.Status401Unauthorized));
    }

    /// <summary>Its SDK sends the key as a bearer's.</summary>
    private static string? KeyOf(HttpContext context) => context.Request.Headers["x-api-key"].ToString() is { Length: > 0 } plain ? plain : StandInRequest.Bearer(context);

    private static Conversation Read(JsonElement body, string model)
    {
        var messages = new List<Said>();
        foreach (var message in body.Inner("messages").Items())
        {
            var content = message.Inner("content");
            var blocks = content.Items().ToList();
            foreach (var result in blocks.Where(block => block.Text("type") == "tool_result"))
                messages.Add(new(Speaker.Tool, result.Inner("content").Words(), [], result.Text("tool_use_id")));
            var calls = blocks.Where(block => block.Text("type") == "tool_use")
                .Select(call => new PastCall(call.Text("id"), call.Text("name"), call.Inner("input").ToString())).ToList();
            var text = content.Words();
            if (message.Text("role") == "assistant")
                messages.Add(new(Speaker.Assistant, text, calls));
            else if (text.Length > 0)
                messages.Add(Said.By(Speaker.User, text));
        }
        var tools = body.Inner("tools").Items().Select(tool => new OfferedTool(tool.Text("name"), tool.Text("description"), tool.Inner("input_schema"))).ToList();
        var reasons = body.Inner("thinking").Text("type") is "enabled" or "adaptive";
        return new(model, body.Inner("system").Words(), messages, tools, reasons);
    }
}
