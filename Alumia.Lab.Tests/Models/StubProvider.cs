using System.Net;
using System.Text;
using Alumia.Lab.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;

namespace Alumia.Lab.Tests.Models;

/// <summary>A provider that answers one canned response, and remembers what it was asked.</summary>
internal sealed class StubProvider(string body, HttpStatusCode status = HttpStatusCode.OK, Action<HttpResponseMessage>? change = null) : HttpMessageHandler
{
    public string Asked { get; private set; } = "";

    public static ModelCatalogue Catalogue { get; } = new(new ConfigurationBuilder().Build());

    public static async Task<List<ChatResponseUpdate>> StreamAsync(string model, string body, ChatOptions? options = null) =>
        await new StubProvider(body).RunAsync(model, [new ChatMessage(ChatRole.User, "Hi")], options);

    public async Task<List<ChatResponseUpdate>> RunAsync(string modelId, IEnumerable<ChatMessage> messages, ChatOptions? options = null, TimeProvider? clock = null)
    {
        using var http = new HttpClient(this, disposeHandler: false);
        var model = Catalogue.Find(modelId)!;
        var provider = Catalogue.ProviderOf(model);
        using var client = new ChatClients(http, clock ?? TimeProvider.System).Create(new ModelRoute(model, provider, provider.BaseAddress, "key", KeySource.Platform));
        return await client.GetStreamingResponseAsync(messages, options, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, status == HttpStatusCode.OK ? "text/event-stream" : "application/json") };
        change?.Invoke(response);
        return response;
    }
}

internal static class Updates
{
    public static string Text(this IEnumerable<ChatResponseUpdate> updates) => string.Concat(updates.SelectMany(update => update.Contents).OfType<TextContent>().Select(part => part.Text));

    public static string Reasoning(this IEnumerable<ChatResponseUpdate> updates) => string.Concat(updates.SelectMany(update => update.Contents).OfType<TextReasoningContent>().Select(part => part.Text));

    public static List<FunctionCallContent> Calls(this IEnumerable<ChatResponseUpdate> updates) => [.. updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>()];

    public static UsageDetails Usage(this IEnumerable<ChatResponseUpdate> updates) => updates.SelectMany(update => update.Contents).OfType<UsageContent>().Single().Details;

    public static string? Raw(this FunctionCallContent call) => call.AdditionalProperties?[ToolCalls.RawArguments] as string;
}
