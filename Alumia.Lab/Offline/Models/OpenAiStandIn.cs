using System.Text.Json;
using Alumia.Lab.Models;

namespace Alumia.Lab.Offline.Models;

/// <summary>The address of every provider that speaks OpenAI chat completions.</summary>
internal static class OpenAiStandIn
{
    public static void MapOpenAiStandIn(this IEndpointRouteBuilder offline)
    {
        offline.MapPost("/providers/{slug}/chat/completions", async (string slug, HttpContext context, StandInAnswers answers, ModelCatalogue catalogue, TimeProvider clock) =>
        {
            if (await StandInRequest.ReadAsync(context) is not { } body)
                return;
            var model = body.Text("model");
            var tellsUsage = body.Inner("stream_options").Flag("include_usage") || catalogue.FindProvider(slug) is { AsksForUsage: false };
            var wire = new OpenAiWire(context.Response, model, tellsUsage, clock.GetUtcNow().ToUnixTimeSeconds());
            await answers.AnswerAsync(context, new Ask(slug, StandInRequest.Bearer(context), Read(body, model), body.Flag("stream"),
                body.Number("max_completion_tokens") ?? body.Number("max_tokens")), wire);
        });
        offline.MapGet("/providers/{slug}/models", (string slug, HttpContext context, ModelCatalogue catalogue) => StandInRequest.IsGood(StandInRequest.Bearer(context))
            ? (IResult)TypedResults.Json(new
            {
                @object = "list",
                data = catalogue.Models.Where(model => model.Provider == slug).Select(model => new { id = model.ProviderModelId, @object = "model", created = 0, owned_by = slug }),
            })
            : TypedResults.Json(new { error = new { message = StandInRequest.NotGood, type = "invalid_request_error", code = "invalid_api_key" } }, statusCode: StatusCodes.Status401Unauthorized));
    }

    private static Conversation Read(JsonElement body, string model)
    {
        var system = new List<string>();
        var messages = new List<Said>();
        foreach (var message in body.Inner("messages").Items())
        {
            var text = message.Inner("content").Words();
            switch (message.Text("role"))
            {
                case "system" or "developer":
                    system.Add(text);
                    break;
                case "assistant":
                    messages.Add(new(Speaker.Assistant, text, [.. message.Inner("tool_calls").Items()
                        .Select(call => new PastCall(call.Text("id"), call.Inner("function").Text("name"), call.Inner("function").Text("arguments")))]));
                    break;
                case "tool":
                    messages.Add(new(Speaker.Tool, text, [], message.Text("tool_call_id")));
                    break;
                default:
                    messages.Add(Said.By(Speaker.User, text));
                    break;
            }
        }
        var tools = body.Inner("tools").Items().Select(tool => tool.Inner("function"))
            .Select(tool => new OfferedTool(tool.Text("name"), tool.Text("description"), tool.Inner("parameters"))).ToList();
        return new(model, string.Join('\n', system), messages, tools, body.Text("reasoning_effort") is { Length: > 0 } and not "none");
    }
}
