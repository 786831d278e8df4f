using System.Net;
using Alumia.Lab.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Models;

public sealed class ProviderFailureTests
{
    private const string Groq = "groq/llama-3.3-70b-versatile";
    private const string Claude = "anthropic/claude-haiku-4-5";

    [Theory]
    [InlineData(Groq)]
    [InlineData(Claude)]
    public async Task A_429_tells_how_many_seconds_to_wait(string model)
    {
        using var stub = new StubProvider("""{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}""", HttpStatusCode.TooManyRequests, response => response.Headers.Add("Retry-After", "7"));
        var exception = await Assert.ThrowsAsync<ProviderException>(() => stub.RunAsync(model, [new(ChatRole.User, "Hi")]));
        Assert.Equal((ProviderFailure.RateLimited, 429, TimeSpan.FromSeconds(7)), (exception.Failure, exception.Status, exception.RetryAfter));
        Assert.Contains("Slow down", exception.Message);
    }

    [Fact]
    public async Task A_429_may_name_the_date_to_wait_for()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var stub = new StubProvider("{}", HttpStatusCode.TooManyRequests, response => response.Headers.Add("Retry-After", "Sun, 01 Mar 2026 12:01:00 GMT"));
        var exception = await Assert.ThrowsAsync<ProviderException>(() => stub.RunAsync(Groq, [new(ChatRole.User, "Hi")], clock: clock));
        Assert.Equal(TimeSpan.FromMinutes(1), exception.RetryAfter);
    }

    [Theory]
    [InlineData(Groq, HttpStatusCode.Unauthorized, ProviderFailure.Unauthorized)]
    [InlineData(Claude, HttpStatusCode.Unauthorized, ProviderFailure.Unauthorized)]
    [InlineData(Groq, HttpStatusCode.BadRequest, ProviderFailure.BadRequest)]
    [InlineData(Claude, HttpStatusCode.BadRequest, ProviderFailure.BadRequest)]
    [InlineData(Groq, HttpStatusCode.ServiceUnavailable, ProviderFailure.Overloaded)]
    [InlineData(Claude, HttpStatusCode.InternalServerError, ProviderFailure.Overloaded)]
    public async Task Each_status_has_its_kind_of_failure(string model, HttpStatusCode status, ProviderFailure failure)
    {
        using var stub = new StubProvider("""{"error":{"message":"no","type":"api_error"},"type":"error"}""", status);
        var exception = await Assert.ThrowsAsync<ProviderException>(() => stub.RunAsync(model, [new(ChatRole.User, "Hi")]));
        Assert.Equal((failure, (int)status), (exception.Failure, exception.Status));
    }

    [Fact]
    public async Task A_stream_that_ends_without_a_finish_is_cut()
    {
        var exception = await Assert.ThrowsAsync<ProviderException>(() => StubProvider.StreamAsync(Groq, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Half an\"}}]}\n\n"));
        Assert.Equal(ProviderFailure.Cut, exception.Failure);
        var stream = ProviderStreamTests.AnthropicStream("{}");
        exception = await Assert.ThrowsAsync<ProviderException>(() => StubProvider.StreamAsync(Claude, stream[..stream.IndexOf("event: message_delta", StringComparison.Ordinal)]));
        Assert.Equal(ProviderFailure.Cut, exception.Failure);
    }

    [Fact]
    public async Task Broken_tool_arguments_come_as_they_are()
    {
        var updates = await StubProvider.StreamAsync(Groq, """
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"wait","arguments":"{\"seconds\": 1, "}}]},"finish_reason":"tool_calls"}]}

            data: [DONE]


            """);
        var call = Assert.Single(updates.Calls());
        Assert.Null(call.Arguments);
        Assert.Equal("{\"seconds\": 1, ", call.Raw());
    }

    [Fact]
    public async Task Thinking_written_into_the_answer_is_reasoning()
    {
        var updates = await StubProvider.StreamAsync("minimax/MiniMax-M2.7", string.Concat(new[] { "<th", "ink>Hm", "m</thi", "nk>\n\nYes", ", <think> is a tag." }
            .Select(piece => "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":" + System.Text.Json.JsonSerializer.Serialize(piece) + "}}]}\n\n")) + "data: [DONE]\n\n");
        Assert.Equal("Hmm", updates.Reasoning());
        Assert.Equal("Yes, <think> is a tag.", updates.Text());
    }

    [Theory]
    [InlineData("openai/gpt-5.5", "\"reasoning_effort\":\"high\"", "\"max_completion_tokens\":100")]
    [InlineData(Groq, "\"max_completion_tokens\":100", "\"arguments\":\"{broken\"")]
    [InlineData("gemini/gemini-3.5-flash", "skip_thought_signature_validator", "\"name\":\"gmail--send\"")]
    [InlineData("deepseek/deepseek-v4-pro", "\"reasoning_content\":\"Hm\"", "\"max_tokens\":100")]
    [InlineData(Claude, "\"budget_tokens\":16384", "\"tool_use_id\":\"c1\"")]
    public async Task A_request_is_in_the_providers_dialect(string model, params string[] expected)
    {
        using var stub = new StubProvider(model == Claude ? ProviderStreamTests.AnthropicStream("{}") : "data: [DONE]\n\n");
        var call = ToolCalls.Create("c1", "gmail.send", "{broken");
        await stub.RunAsync(model,
            [
                new(ChatRole.System, "Be brief."), new(ChatRole.User, "Send it"),
                new(ChatRole.Assistant, [new TextReasoningContent("Hm") { ProtectedData = "sig" }, call]),
                new(ChatRole.Tool, [new FunctionResultContent("c1", "no good")]),
            ],
            new ChatOptions { MaxOutputTokens = 100, Reasoning = new ReasoningOptions { Effort = ReasoningEffort.High } });
        foreach (var part in expected)
            Assert.Contains(part, stub.Asked);
    }

    [Fact]
    public void A_route_does_not_show_its_key()
    {
        var model = StubProvider.Catalogue.Find(Groq)!;
        var provider = StubProvider.Catalogue.ProviderOf(model);
        Assert.DoesNotContain("secret", new ModelRoute(model, provider, provider.BaseAddress, "secret", KeySource.Platform).ToString());
    }
}
