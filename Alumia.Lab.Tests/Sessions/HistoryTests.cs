using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tools;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>The conversation as the model is sent it.</summary>
public sealed class HistoryTests
{
    private static readonly TokenCounter _tokens = new();

    [Fact]
    public void A_conversation_that_fits_is_sent_whole()
    {
        var (messages, leftOut) = Build(Turns(5), context: 100_000);

        Assert.Equal((11, 0), (messages.Count, leftOut));
        Assert.Equal(ChatRole.System, messages[0].Role);
    }

    [Fact]
    public void Of_one_that_is_too_long_the_oldest_turns_are_left_out_whole_and_counted()
    {
        var (messages, leftOut) = Build(Turns(60), context: 4_000);

        Assert.InRange(leftOut, 2, 118);
        Assert.Equal(1 + 120 - leftOut, messages.Count);
        Assert.Equal((ChatRole.User, "Question 60"), (messages[^2].Role, messages[^2].Text.Split(':')[0]));
        Assert.Equal(ChatRole.User, messages[1].Role);
        Assert.True(messages.Sum(message => _tokens.Count(message.Text)) < 4_000);
    }

    [Fact]
    public void Tools_take_their_room_and_so_does_text_of_many_tokens_a_character()
    {
        ITool[] tools = [.. Enumerable.Range(0, 100).Select(i => new TestTool($"tool_{i}", _ => AsyncEnumerable.Empty<ToolOutput>()))];
        var rare = new Script();
        for (var i = 0; i < 20; i++)
            rare.Ask($"m{i}", string.Concat(Enumerable.Repeat("𒀱𒁃", 25))).Step(1).Stream("x").Close().Finish();

        Assert.Equal(0, Build(Turns(25), context: 5_000).LeftOut);
        Assert.NotEqual(0, Build(Turns(25), context: 5_000, tools).LeftOut);
        var (messages, leftOut) = Build(rare, context: 4_000);
        Assert.NotEqual(0, leftOut);
        Assert.True(messages.Sum(message => _tokens.Count(message.Text)) < 4_000);
    }

    [Fact]
    public void The_turn_at_hand_is_sent_however_long_it_is()
    {
        var script = new Script().Ask("m1", "Old").Step(1).Stream("x").Close().Finish().Ask("m2", string.Concat(Enumerable.Repeat("word ", 9_000)));

        var (messages, leftOut) = Build(script, context: 4_000);

        Assert.Equal((2, 2), (messages.Count, leftOut));
        Assert.StartsWith("word", messages[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_call_has_a_result_right_behind_it_even_where_it_never_ended()
    {
        var script = new Script().Ask("m1", "Go").Step(1).Stream("Let me see.")
            .Close(new ToolRequested(1, "a", "wait", "{}"), new ToolRequested(1, "b", "wait", "{}"), new ToolRejected("b", "wait", "{", "/seconds", "number", "It is broken.", 1));

        var (messages, _) = Build(script, context: 100_000);

        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool, ChatRole.Tool], messages.Select(message => message.Role));
        Assert.Equal(["a", "b"], messages[2].Contents.OfType<FunctionCallContent>().Select(call => call.CallId));
        var results = messages.SelectMany(message => message.Contents.OfType<FunctionResultContent>()).ToList();
        Assert.Equal(["a", "b"], results.Select(result => result.CallId));
        Assert.Equal("The call did not end.", results[0].Result);
        Assert.Contains("/seconds", (string)results[1].Result!, StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_hides_its_message_and_all_that_came_after()
    {
        var script = Turns(3).Ask("m2", "Other", revision: 2).Step(1).Stream("Yes.").Close().Finish();

        var (messages, _) = Build(script, context: 100_000);

        Assert.Equal(["Question 1", "Answer 1", "Other", "Yes."], messages.Skip(1).Select(message => message.Text.Split(':')[0]));
    }

    private static Script Turns(int count)
    {
        var script = new Script();
        for (var i = 1; i <= count; i++)
            script.Ask($"m{i}", $"Question {i}: {string.Concat(Enumerable.Repeat("why ", 40))}").Step(1).Stream($"Answer {i}: {string.Concat(Enumerable.Repeat("so ", 40))}").Close().Finish();
        return script;
    }

    private static (List<ChatMessage> Messages, int LeftOut) Build(Script script, int context, IReadOnlyList<ITool>? tools = null) => History.Build(
        script.Events,
        new Agent { Id = "agt", OrgId = "org", Name = "Ala", Slug = "ala", Colour = "#000000", ModelId = "groq/small", CreatedAtMs = 1 },
        new Project { Id = "prj", OrgId = "org", Name = "Sample", MakerId = "usr", CreatedAtMs = 1 },
        new Model("groq/small", "groq", "small", "Small", context, 1_000, 0, null, 0, false, "", ""),
        _tokens,
        tools ?? []);
}
