using System.ClientModel;
using System.Text;
using System.Text.Json;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using OpenAI;
using OpenAI.Chat;

namespace Alumia.Lab.Tests.OpenAi;

/// <summary>OpenAI's own clients, of npm and of NuGet, as they are: they stream, call tools and list models.</summary>
public sealed class ClientTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private const string Model = "groq/llama-3.3-70b-versatile";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_client_lists_agents_first_and_then_models()
    {
        using var door = await OpenAsync("nora");
        var told = await door.NodeAsync("models");
        var ids = told.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!).ToList();
        Assert.Equal("agent/ala model nora", ids[0]);
        Assert.Contains($"{Model} model groq", ids);
        Assert.Equal("agent/ala", told.GetProperty("one").GetString());
    }

    [Fact]
    public async Task Nodes_client_holds_a_conversation_with_an_agent_in_one_session()
    {
        using var door = await OpenAsync("nick");
        var told = await door.NodeAsync("conversation", "agent/ala");
        AssertConversation(told);
        var sessions = told.GetProperty("sessions").EnumerateArray().Select(id => id.GetString()).ToList();
        Assert.StartsWith("ses_", sessions[0], StringComparison.Ordinal);
        Assert.Equal(sessions[0], sessions[1]);
    }

    [Fact]
    public async Task Nodes_client_holds_a_conversation_with_a_model_and_no_session_is_made()
    {
        using var door = await OpenAsync("nell");
        var told = await door.NodeAsync("conversation", Model);
        AssertConversation(told);
        Assert.All(told.GetProperty("sessions").EnumerateArray(), id => Assert.Equal(JsonValueKind.Null, id.ValueKind));
    }

    [Fact]
    public async Task Nodes_client_runs_its_own_tools_for_a_model()
    {
        using var door = await OpenAsync("nina");
        var told = await door.NodeAsync("tools", Model);
        Assert.Equal(["user", "assistant", "tool", "assistant"], told.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal("get--weather", told.GetProperty("call").GetProperty("name").GetString());
        Assert.Contains("Rain in Oslo", told.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_client_is_told_that_an_agent_takes_no_tools()
    {
        using var door = await OpenAsync("ned");
        var told = await door.NodeAsync("refused", "agent/ala");
        Assert.Equal(("BadRequestError", 400, "invalid_request_error", "tools"),
            (told.GetProperty("kind").GetString(), told.GetProperty("status").GetInt32(), told.GetProperty("type").GetString(), told.GetProperty("param").GetString()));
    }

    [Fact]
    public async Task The_client_of_NuGet_streams_calls_tools_and_lists_models()
    {
        using var door = await OpenAsync("nuala");
        var client = new OpenAIClient(new ApiKeyCredential(door.Key), new OpenAIClientOptions { Endpoint = new Uri(door.Lab.Address, "v1") });
        Assert.Equal("agent/ala", (await client.GetOpenAIModelClient().GetModelsAsync(Ended)).Value.First().Id);

        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        await foreach (var update in client.GetChatClient("agent/ala").CompleteChatStreamingAsync([new UserChatMessage("[[say One two three.]]")], cancellationToken: Ended))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            usage = update.Usage ?? usage;
        }
        Assert.Equal("One two three.", text.ToString());
        Assert.True(usage?.OutputTokenCount > 0);

        var chat = client.GetChatClient(Model);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_time", "The time.", BinaryData.FromString("""{"type":"object","properties":{}}""")) } };
        List<ChatMessage> messages = [new UserChatMessage("[[tool get_time {}]] What is the time?")];
        var asked = (await chat.CompleteChatAsync(messages, options, Ended)).Value;
        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        Assert.Equal("get_time", Assert.Single(asked.ToolCalls).FunctionName);
        messages.AddRange([new AssistantChatMessage(asked), new ToolChatMessage(asked.ToolCalls[0].Id, "Noon")]);
        var answered = (await chat.CompleteChatAsync(messages, options, Ended)).Value;
        Assert.Contains("Noon", answered.Content[0].Text, StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => client.GetChatClient("agent/nobody").CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: Ended));
        Assert.Equal(404, refused.Status);
    }

    private static void AssertConversation(JsonElement told)
    {
        var answers = told.GetProperty("answers").EnumerateArray().ToList();
        Assert.All(answers, answer =>
        {
            Assert.Equal("stop", answer.GetProperty("reason").GetString());
            Assert.True(answer.GetProperty("chunks").GetInt32() > 3);
            Assert.True(answer.GetProperty("tokens").GetInt32() > 0);
        });
        Assert.Contains("Rita", answers[1].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    private async Task<Door> OpenAsync(string name) => await Door.OfAsync(shared.Lab, await People.FoundAsync(shared.Lab, name));
}
