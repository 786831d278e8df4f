using System.Net;
using Alumia.Lab.Models;
using Microsoft.Extensions.Configuration;

namespace Alumia.Lab.Tests.Models;

/// <summary>What a provider is asked about a key, and what its answers mean.</summary>
public sealed class KeyCheckTests
{
    private const string Key = "sk-proj-0123456789-0123456789";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai", "GET https://api.openai.com/v1/models", "Bearer " + Key)]
    [InlineData("groq", "GET https://api.groq.com/openai/v1/models", "Bearer " + Key)]
    [InlineData("anthropic", "GET https://api.anthropic.com/v1/models", Key)]
    [InlineData("nvidia", "POST https://integrate.api.nvidia.com/v1/chat/completions", "Bearer " + Key)] // Its list is open to everybody.
    public async Task A_key_is_checked_by_a_call_that_costs_nothing(string provider, string call, string header)
    {
        using var desk = new Desk((200, "{}"));
        Assert.Equal(new KeyCheckResult(KeyOutcome.Good), await desk.CheckAsync(provider));
        Assert.Equal([(call, header)], desk.Calls);
    }

    [Theory]
    [InlineData("openai", 401, """{"error":{"message":"Incorrect API key provided"}}""")]
    [InlineData("anthropic", 403, """{"error":{"message":"Not allowed"}}""")]
    [InlineData("gemini", 400, """[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}]""")]
    [InlineData("xai", 400, """{"code":"invalid argument","error":"Incorrect API key provided: sk***89."}""")]
    public async Task A_key_that_the_provider_refuses_is_refused_in_its_own_words(string provider, int status, string body)
    {
        using var desk = new Desk((status, body));
        var result = await desk.CheckAsync(provider);
        Assert.Equal(KeyOutcome.Refused, result.Outcome);
        Assert.Contains($"answered {status}: ", result.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, KeyOutcome.Refused)]
    [InlineData(400, KeyOutcome.Good)]
    [InlineData(422, KeyOutcome.Good)]
    [InlineData(503, KeyOutcome.Unreachable)]
    public async Task Where_there_is_no_list_an_empty_request_tells_whether_the_key_is_known(int status, KeyOutcome outcome)
    {
        using var desk = new Desk((404, ""), (status, """{"message":"no"}"""));
        Assert.Equal(outcome, (await desk.CheckAsync("minimax")).Outcome);
        Assert.Equal(["GET https://api.minimax.io/v1/models", "POST https://api.minimax.io/v1/chat/completions"], desk.Calls.Select(call => call.Call));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(302)]
    [InlineData(400)]
    public async Task An_answer_that_tells_nothing_of_the_key_leaves_it_unchecked(int status)
    {
        using var desk = new Desk((status, """{"error":{"message":"Try later"}}"""));
        var result = await desk.CheckAsync("openai");
        Assert.Equal((KeyOutcome.Unreachable, $"OpenAI answered {status}: Try later"), (result.Outcome, result.Said));
    }

    [Fact]
    public async Task An_account_without_money_has_a_good_key()
    {
        using var desk = new Desk((402, """{"error":{"message":"Insufficient Balance"}}"""));
        Assert.Equal(KeyOutcome.Good, (await desk.CheckAsync("deepseek")).Outcome);
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_leaves_the_key_unchecked()
    {
        using var desk = new Desk();
        var result = await desk.CheckAsync("openai");
        Assert.Equal((KeyOutcome.Unreachable, "OpenAI could not be reached: no line"), (result.Outcome, result.Said));
    }

    [Fact]
    public async Task A_provider_that_repeats_the_key_is_quoted_without_it()
    {
        using var desk = new Desk((401, $"{{\"error\":{{\"message\":\"Who is {Key}?\"}}}}"));
        Assert.EndsWith("Who is sk-proj-…?", (await desk.CheckAsync("openai")).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_a_stand_in_is_sent_nowhere_where_there_is_none()
    {
        using var desk = new Desk((200, "{}"));
        Assert.Equal(KeyOutcome.Refused, (await desk.CheckAsync("openai", "offline-good-1")).Outcome);
        Assert.Empty(desk.Calls);
    }

    [Fact]
    public async Task Whoever_leaves_ends_the_check()
    {
        using var desk = new Desk((200, "{}"));
        using var left = new CancellationTokenSource();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.CheckAsync("openai", Key, left.Token));
    }

    [Theory]
    [InlineData("sk-ant-api03-0123456789-0123", "sk-ant-a…")]
    [InlineData("offline-good-1", "offl…")]
    [InlineData("12345678", "12…")]
    public void A_prefix_is_too_little_to_use(string key, string prefix) => Assert.Equal(prefix, ProviderKey.PrefixOf(key));

    /// <summary>Answers these, one after the other, and remembers what it was asked; with no answer left the line is dead.</summary>
    private sealed class Desk(params (int Status, string Body)[] answers) : HttpMessageHandler
    {
        private int _next;

        public List<(string Call, string Key)> Calls { get; } = [];

        public async Task<KeyCheckResult> CheckAsync(string provider, string key = Key, CancellationToken? cancellation = null)
        {
            using var http = new HttpClient(this, disposeHandler: false);
            return await new KeyCheck(http, new ProviderAddresses(new ConfigurationBuilder().Build()), TimeProvider.System)
                .CheckAsync(StubProvider.Catalogue.FindProvider(provider)!, key, cancellation ?? Ended);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = request.Headers.TryGetValues("x-api-key", out var plain) ? plain.Single() : request.Headers.Authorization?.ToString() ?? "";
            Calls.Add(($"{request.Method} {request.RequestUri}", key));
            var (status, body) = _next < answers.Length ? answers[_next++] : throw new HttpRequestException("no line");
            return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) });
        }
    }
}
