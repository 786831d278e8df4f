using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Alumia.Lab.Models;
using Alumia.Lab.Offline;
using Alumia.Lab.Offline.Models;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Offline;

public sealed class OfflineTests
{
    private const string Groq = "groq/llama-3.3-70b-versatile";
    private const string Claude = "anthropic/claude-haiku-4-5";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_provider_has_a_stand_in_that_answers_in_its_protocol()
    {
        await using var lab = await OfflineLab.StartAsync();
        var catalogue = lab.Services.GetRequiredService<ModelCatalogue>();
        foreach (var model in catalogue.Models.DistinctBy(model => model.Provider))
        {
            var updates = await lab.AskAsync(model.Id, "Who are you? [[reasoning]]");
            Assert.Equal(Planner.WhoIAm, updates.Text());
            Assert.NotEmpty(updates.Reasoning());
            Assert.True(updates.Usage().OutputTokenCount > 10);
            Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        }
    }

    [Theory]
    [InlineData(Groq)]
    [InlineData(Claude)]
    public async Task A_tool_call_comes_whole_and_a_broken_one_as_it_is(string model)
    {
        await using var lab = await OfflineLab.StartAsync();
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"seconds":{"type":"number"}},"required":["seconds"]}""");
        var options = new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("wait", "Waits.", schema.RootElement)] };
        var call = Assert.Single((await lab.AskAsync(model, "wait 2 seconds", options)).Calls());
        Assert.Equal(("wait", """{"seconds":2}"""), (call.Name, call.Raw()));

        var broken = Assert.Single((await lab.AskAsync(model, "wait 2 seconds [[broken-json]]", options)).Calls());
        Assert.Null(broken.Arguments);

        await lab.Services.GetRequiredService<OfflineDesk>().SetAsync(OfflineSwitches.MalformedCalls, "1", Cancellation);
        Assert.Null(Assert.Single((await lab.AskAsync(model, "wait 2 seconds", options)).Calls()).Arguments);
        Assert.NotNull(Assert.Single((await lab.AskAsync(model, "wait 2 seconds", options)).Calls()).Arguments);
    }

    [Theory]
    [InlineData(Groq)]
    [InlineData(Claude)]
    public async Task A_directive_fails_as_asked_and_only_as_often(string model)
    {
        await using var lab = await OfflineLab.StartAsync();
        var limited = await Assert.ThrowsAsync<ProviderException>(() => lab.AskAsync(model, "Hi [[status 429 3 x1]]"));
        Assert.Equal((ProviderFailure.RateLimited, TimeSpan.FromSeconds(3)), (limited.Failure, limited.RetryAfter));
        Assert.NotEmpty((await lab.AskAsync(model, "Hi [[status 429 3 x1]]")).Text());
        Assert.Equal(ProviderFailure.Overloaded, (await Assert.ThrowsAsync<ProviderException>(() => lab.AskAsync(model, "Hi [[status 500]]"))).Failure);
        Assert.Equal(ProviderFailure.Cut, (await Assert.ThrowsAsync<ProviderException>(() => lab.AskAsync(model, "[[long 200]] [[cut 50]]"))).Failure);
    }

    [Theory]
    [InlineData(Groq)]
    [InlineData(Claude)]
    public async Task Cancelling_closes_the_stream_on_the_providers_side(string model)
    {
        await using var lab = await OfflineLab.StartAsync();
        using var client = await lab.ClientAsync(model);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "[[long 5000]] [[pace 20]]")], null, stop.Token))
            {
                if (update.Text.Length > 0)
                    await stop.CancelAsync();
            }
        });
        var requests = lab.Services.GetRequiredService<ProviderRequests>();
        await Eventually.True(() => requests.Recent()[0].How is not null, "the provider has recorded how the request ended");
        Assert.Equal("client-closed", requests.Recent()[0].How);
        Assert.InRange(requests.Recent()[0].TokensSent, 1, 4999);
    }

    [Fact]
    public async Task A_provider_that_says_nothing_is_given_up()
    {
        await using var lab = await OfflineLab.StartAsync(settings: ("Models:SilenceSeconds", "1"));
        var exception = await Assert.ThrowsAsync<ProviderException>(() => lab.AskAsync(Groq, "[[timeout]]"));
        Assert.Equal(ProviderFailure.Network, exception.Failure);
    }

    [Fact]
    public async Task A_bad_offline_key_is_refused_and_goes_to_the_stand_in_alone()
    {
        await using var lab = await OfflineLab.StartAsync(settings: ("Providers:openai:ApiKey", "offline-bad-1"));
        Assert.Equal(ProviderFailure.Unauthorized, (await Assert.ThrowsAsync<ProviderException>(() => lab.AskAsync("openai/gpt-5.5", "Hi"))).Failure);
    }

    [Fact]
    public async Task An_answer_may_be_had_whole()
    {
        await using var lab = await OfflineLab.StartAsync();
        lab.Http.DefaultRequestHeaders.Authorization = new("Bearer", IStandIn.GoodKey);
        lab.Http.DefaultRequestHeaders.Add("x-api-key", IStandIn.GoodKey);
        var body = new { model = "m", max_tokens = 50, messages = new[] { new { role = "user", content = "[[say Hello there]]" } } };
        var openAi = await (await lab.Http.PostAsJsonAsync("/offline/providers/groq/chat/completions", body, Cancellation)).Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal("Hello there", openAi.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        var anthropic = await (await lab.Http.PostAsJsonAsync("/offline/providers/anthropic/v1/messages", body, Cancellation)).Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal("Hello there", anthropic.GetProperty("content")[0].GetProperty("text").GetString());
        var models = await lab.Http.GetFromJsonAsync<JsonElement>("/offline/providers/groq/models", Cancellation);
        Assert.Contains(models.GetProperty("data").EnumerateArray(), model => model.GetProperty("id").GetString() == "llama-3.3-70b-versatile");
    }

    [Fact]
    public async Task A_switch_is_read_set_and_acts()
    {
        await using var lab = await OfflineLab.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await lab.Http.PutAsJsonAsync("/offline/switches/clock", new { value = 90 }, Cancellation)).StatusCode);
        var switches = await lab.Http.GetFromJsonAsync<JsonElement>("/offline/switches", Cancellation);
        Assert.Equal(90, switches.GetProperty("items").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "clock").GetProperty("value").GetInt32());
        Assert.InRange(lab.Services.GetRequiredService<TimeProvider>().GetUtcNow() - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(89), TimeSpan.FromMinutes(91));

        await lab.Http.PutAsJsonAsync("/offline/switches/provider-fails", new { value = "500" }, Cancellation);
        await Assert.ThrowsAsync<ProviderException>(() => lab.AskAsync(Groq, "Hi"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await lab.Http.PutAsJsonAsync("/offline/switches/provider-fails", new { value = "maybe" }, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Http.PutAsJsonAsync("/offline/switches/nothing", new { value = 1 }, Cancellation)).StatusCode);
        using var form = new StringContent("{\"value\":1}", Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await lab.Http.PutAsync("/offline/switches/clock", form, Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("Host", "lab.example.com")]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-Original-For", "127.0.0.1:5000")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    public async Task Who_is_not_this_machine_gets_404(string header, string value)
    {
        await using var lab = await OfflineLab.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await lab.Http.GetAsync("/offline/switches", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await StatusWith(lab, header, value));
        await using var exposed = await OfflineLab.StartAsync(settings: ("Offline:Expose", "true"));
        Assert.Equal(HttpStatusCode.OK, await StatusWith(exposed, header, value));
    }

    [Fact]
    public async Task Production_has_nothing_of_it()
    {
        await using var lab = await OfflineLab.StartAsync("Production", ("Offline:Expose", "true"));
        foreach (var path in new[] { "/offline", "/offline/switches", "/offline/requests", "/offline/providers/groq/models" })
            Assert.Equal(HttpStatusCode.NotFound, (await lab.Http.GetAsync(path, Cancellation)).StatusCode);
        var exception = await Assert.ThrowsAsync<ProviderException>(() => lab.ClientAsync(Groq));
        Assert.Equal(ProviderFailure.NotConfigured, exception.Failure);
    }

    private static async Task<HttpStatusCode> StatusWith(OfflineLab lab, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/offline/switches");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await lab.Http.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
