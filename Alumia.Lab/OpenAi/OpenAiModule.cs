using System.Globalization;
using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Api;
using Alumia.Lab.Models;
using Microsoft.AspNetCore.Mvc;

namespace Alumia.Lab.OpenAi;

public static class OpenAiModule
{
    private const string Prefix = "/v1";
    private const int MostBytes = 4 << 20;

    public static WebApplicationBuilder AddOpenAi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new ApiDoor(Prefix, NeedsOrg: false, OpenAiFault.BodyOf, static retryAfterMs => OpenAiFault.BodyOf(
            new ErrorContent("TOO_MANY_REQUESTS", string.Create(CultureInfo.InvariantCulture, $"Too many requests. The next one passes in {retryAfterMs} ms.")), StatusCodes.Status429TooManyRequests)));
        builder.Services.AddSingleton<ModelCompletion>();
        builder.Services.AddSingleton<ModelMeter>();
        builder.Services.AddSingleton<AgentCompletion>();
        return builder;
    }

    public static WebApplication MapOpenAi(this WebApplication app)
    {
        var door = app.MapGroup(Prefix).WithTags("openai");
        door.MapPost("chat/completions", AnswerAsync).Needs(KeyScopes.Chat).WithMetadata(new CountsItself(), new RequestSizeLimitAttribute(MostBytes)).Accepts<ChatRequest>("application/json");
        door.MapGet("models", async (ApiCaller caller, AgentDirectory agents, ModelCatalogue catalogue, ModelRouter router, CancellationToken cancellation) =>
            TypedResults.Json(new { Object = "list", Data = await ListAsync(caller, agents, catalogue, router, cancellation) }, _json)).Needs(KeyScopes.Chat);
        door.MapGet("models/{**id}", async (string id, ApiCaller caller, AgentDirectory agents, ModelCatalogue catalogue, ModelRouter router, HttpResponse response, CancellationToken cancellation) =>
        {
            var model = (await ListAsync(caller, agents, catalogue, router, cancellation)).FirstOrDefault(model => model.Id == Uri.UnescapeDataString(id));
            await (model is null ? OpenAiFault.NoModel(id).WriteAsync(response, cancellation) : response.WriteAsJsonAsync(model, _json, cancellation));
        }).Needs(KeyScopes.Chat);
        return app;
    }

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static async Task AnswerAsync(HttpContext context, ApiCaller caller, ModelCompletion models, AgentCompletion agents, TimeProvider clock, CancellationToken cancellation)
    {
        CompletionWriter? writer = null;
        try
        {
            var request = (await JsonSerializer.DeserializeAsync(context.Request.Body, ChatRequestJson.Default.ChatRequest, cancellation) ?? new ChatRequest()).Checked();
            writer = new CompletionWriter(context.Response, request, clock.NowMs());
            await (request.Model!.StartsWith(AgentCompletion.Prefix, StringComparison.Ordinal)
                ? agents.AnswerAsync(caller.Scope, request, context.Response, writer, cancellation)
                : models.AnswerAsync(caller.Scope, request, context.Response, writer, cancellation));
        }
        catch (Exception exception) when (exception is OpenAiFault or ProviderException)
        {
            var fault = exception as OpenAiFault ?? OpenAiFault.Of((ProviderException)exception);
            await (writer?.HasBegun == true ? writer.FailAsync(fault, cancellation) : fault.WriteAsync(context.Response, cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The client is gone; an agent's turn goes on without it.
        }
    }

    /// <summary>The active agents, then the catalogue models that have a way to their provider.</summary>
    private static async Task<List<ModelBody>> ListAsync(ApiCaller caller, AgentDirectory agents, ModelCatalogue catalogue, ModelRouter router, CancellationToken cancellation) =>
    [
        .. (await agents.ListAsync(caller.Scope, cancellation)).Where(agent => agent.IsActive)
            .Select(agent => new ModelBody(AgentCompletion.Prefix + agent.Slug, "model", agent.CreatedAtMs / 1000, caller.Scope.OrgSlug)),
        .. catalogue.Models.Where(model => router.CanReach(catalogue.ProviderOf(model))).Select(model => new ModelBody(model.Id, "model", Seconds(model.SourceDate), model.Provider)),
    ];

    private static long Seconds(string date) =>
        DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeSeconds() : 0;

    private sealed record ModelBody(string Id, string Object, long Created, string OwnedBy);
}
