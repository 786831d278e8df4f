using System.Net;
using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.OpenAi;

/// <summary>An agent by the OpenAI door: which session goes on, and how a turn ends that gives no answer.</summary>
public sealed class AgentTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private const string Ala = "agent/ala", Model = "groq/llama-3.3-70b-versatile";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_history_goes_on_in_its_session_and_an_unknown_one_begins_a_session_that_knows_it()
    {
        using var door = await OpenAsync("hanna");
        var (first, said) = await AskAsync(door, ("user", "My name is Rita"));
        var (second, knows) = await AskAsync(door, ("user", "My name is Rita"), ("assistant", said), ("user", "What is my name?"));
        Assert.Equal(first, second);
        Assert.Contains("Rita", knows, StringComparison.Ordinal);

        // The client goes back to an earlier answer: the session has gone on, so another one is made and told all of it.
        var (third, alsoKnows) = await AskAsync(door, ("user", "My name is Rita"), ("assistant", said), ("user", "Say my name. What is my name?"));
        Assert.NotEqual(first, third);
        Assert.Contains("Rita", alsoKnows, StringComparison.Ordinal);
        var (fourth, foreign) = await AskAsync(door, ("system", "Be brief."), ("user", "My name is Otto"), ("assistant", "Hello."), ("assistant", "Otto!"), ("user", "What is my name?"));
        Assert.Contains("Otto", foreign, StringComparison.Ordinal);
        Assert.Equal([first, third, fourth], (await door.SessionsAsync()).Select(session => session.Id).Order());
    }

    [Fact]
    public async Task Another_persons_same_history_is_another_session()
    {
        var owner = await People.FoundAsync(shared.Lab, "helga");
        using var one = await Door.OfAsync(shared.Lab, owner);
        using var two = await Door.OfAsync(shared.Lab, await People.JoinAsync(shared.Lab, owner, "heidi", Alumia.Lab.Organizations.OrgRole.Member));
        var (hers, said) = await AskAsync(one, ("user", "[[say Hello]]"));
        var (others, _) = await AskAsync(two, ("user", "[[say Hello]]"), ("assistant", said), ("user", "[[say Again]]"));
        Assert.NotEqual(hers, others);
    }

    [Fact]
    public async Task Reasoning_is_told_apart_and_the_agents_own_tool_calls_stay_in_the_lab()
    {
        using var door = await OpenAsync("hedda");
        using var answer = await door.AskAsync(Ala, "[[reasoning]] Show me a document about owls");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var choice = (await Door.JsonAsync(answer)).GetProperty("choices")[0];
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        var message = choice.GetProperty("message");
        Assert.Contains("I will use", message.GetProperty("reasoning_content").GetString(), StringComparison.Ordinal);
        Assert.False(message.TryGetProperty("tool_calls", out _));
        Assert.NotEmpty(message.GetProperty("content").GetString()!);
    }

    [Fact]
    public async Task A_turn_that_fails_before_its_first_word_has_a_status_and_after_it_an_error_in_the_stream()
    {
        using var door = await OpenAsync("hilda");
        using (var refused = await door.AskAsync(Ala, "[[status 401]] Hello"))
        {
            var (status, type, _, code, _) = await Door.ErrorAsync(refused);
            Assert.Equal((502, "server_error", "provider"), (status, type, code));
            Assert.Equal("false", refused.Headers.GetValues("x-should-retry").Single());
        }
        using (var parked = await door.AskAsync(Ala, "[[status 429 60]] Hello"))
        {
            var (status, _, _, code, _) = await Door.ErrorAsync(parked);
            Assert.Equal((503, "awaiting_provider"), (status, code));
        }
        foreach (var model in new[] { Ala, Model })
        {
            using var cut = await door.AskAsync(new { model, stream = true, messages = new[] { new { role = "user", content = "[[cut 5]] [[long 50]] Tell me" } } });
            Assert.Equal(HttpStatusCode.OK, cut.StatusCode);
            var data = (await cut.Content.ReadAsStringAsync(Ended)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line["data: ".Length..]).ToList();
            Assert.Equal("assistant", JsonSerializer.Deserialize<JsonElement>(data[0]).GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString());
            Assert.Equal("server_error", Door.Error(200, JsonSerializer.Deserialize<JsonElement>(data[^1]).GetProperty("error")).Type);
        }
    }

    [Fact]
    public async Task A_turn_that_asks_for_an_approval_is_said_to_wait_for_it_and_goes_on_in_the_lab()
    {
        using var door = await OpenAsync("hertha");
        var (agents, chats) = (shared.Lab.Services.GetRequiredService<AgentDirectory>(), shared.Lab.Services.GetRequiredService<Conversations>());
        await agents.SetToolAsync(door.Person, (await agents.FindAsync(door.Person, Agent.AlaSlug, Ended)).Id, "current_time", ToolRight.Ask, Ended);
        using var parked = await door.AskAsync(Ala, "[[tool current_time {}]] What time is it?");
        var (status, _, _, code, message) = await Door.ErrorAsync(parked);
        Assert.Equal((409, "awaiting_approval"), (status, code));
        Assert.Contains("current_time asks for approval", message, StringComparison.Ordinal);
        Assert.Equal("false", parked.Headers.GetValues("x-should-retry").Single());

        var session = Assert.Single(await door.SessionsAsync());
        var asked = (await chats.PageAsync(door.Person, session.Id, cancellation: Ended)).Events.Select(each => each.Data).OfType<ApprovalRequested>().Single();
        await chats.AnswerAsync(door.Person, session.Id, asked.CallId, ApprovalAnswer.Approved, null, Ended);
        await Eventually.Value(async () => (await door.SessionsAsync())[0], now => now.Status == SessionStatus.Idle, "the turn went on");
    }

    [Theory]
    [InlineData("[[status 429 7]]", 429, "rate_limit_exceeded", 7)]
    [InlineData("[[status 503]]", 503, "provider_failing", null)]
    [InlineData("[[status 401]]", 502, "provider_refused", null)]
    [InlineData("[[status 400]]", 400, "provider_refused", null)]
    public async Task What_a_models_provider_answers_keeps_its_kind(string how, int status, string code, int? retryAfter)
    {
        using var door = await OpenAsync($"h{Guid.NewGuid():N}"[..12]);
        using var answer = await door.AskAsync(Model, $"{how} Hello");
        var error = await Door.ErrorAsync(answer);
        Assert.Equal((status, code), (error.Status, error.Code));
        Assert.Equal(retryAfter, (int?)answer.Headers.RetryAfter?.Delta?.TotalSeconds);
        Assert.Contains("Groq", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_does_not_end_the_turn()
    {
        using var door = await OpenAsync("hulda");
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        var asking = door.AskAsync(new { model = Ala, messages = new[] { new { role = "user", content = "[[long 20]] [[pace 20]] Tell me" } } }, null, gone.Token);
        await Eventually.True(async () => (await door.SessionsAsync()).Any(session => session.Status == SessionStatus.Active), "the turn has begun");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        var session = await Eventually.Value(async () => (await door.SessionsAsync())[0], now => now.Status == SessionStatus.Idle, "the turn has ended by itself");
        var page = await shared.Lab.Services.GetRequiredService<Conversations>().PageAsync(door.Person, session.Id, cancellation: Ended);
        Assert.Contains(page.Events, each => each.Data is TurnFinished);
    }

    private static async Task<(string Session, string Text)> AskAsync(Door door, params (string Role, string Content)[] messages)
    {
        using var answer = await door.AskAsync(new { model = Ala, messages = messages.Select(message => new { role = message.Role, content = message.Content }) });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ended));
        return (answer.Headers.GetValues("X-Alumia-Session").Single(), (await Door.JsonAsync(answer)).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!);
    }

    private async Task<Door> OpenAsync(string name) => await Door.OfAsync(shared.Lab, await People.FoundAsync(shared.Lab, name));
}
