using Alumia.Lab.Canvas;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>The small parts of a canvas: undo, what is in view, what a node tells of its session.</summary>
public sealed class CanvasPartsTests
{
    [Fact]
    public async Task What_was_done_is_undone_and_redone_in_its_order_and_a_new_deed_ends_the_redoing()
    {
        var (undo, value) = (new UndoStack(), 0);
        for (var i = 1; i <= 3; i++)
        {
            var (before, after) = (value, i);
            value = i;
            undo.Did(new Deed($"Set {i}", () => Set(before), () => Set(after)));
        }
        Assert.Equal("Set 3", (await undo.UndoAsync())?.Words);
        Assert.Equal("Set 2", (await undo.UndoAsync())?.Words);
        Assert.Equal(1, value);
        Assert.Equal("Set 2", (await undo.RedoAsync())?.Words);
        Assert.Equal((2, "Set 3"), (value, undo.NextRedo?.Words));
        undo.Did(new Deed("Other", () => Set(2), () => Set(9)));
        Assert.Null(await undo.RedoAsync());
        await undo.UndoAsync();
        await undo.UndoAsync();
        await undo.UndoAsync();
        Assert.Null(await undo.UndoAsync());
        Assert.Equal(0, value);

        Task Set(int to)
        {
            value = to;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Steps_asked_for_faster_than_they_are_done_come_one_after_the_other()
    {
        var (undo, line, done) = (new UndoStack(), new TaskCompletionSource(), new List<string>());
        undo.Did(new Deed("Move", () => Say("undone"), () => Say("done again")));
        var first = undo.UndoAsync();
        var second = undo.RedoAsync();
        var third = undo.UndoAsync();
        Assert.False(first.IsCompleted);
        line.SetResult();
        Assert.All(await Task.WhenAll(first, second, third), deed => Assert.Equal("Move", deed?.Words));
        Assert.Equal(["undone", "done again", "undone"], done);

        async Task Say(string what)
        {
            await line.Task;
            done.Add(what);
        }
    }

    [Fact]
    public async Task A_deed_that_cannot_be_undone_is_out_of_the_way_of_the_others()
    {
        var undo = new UndoStack();
        undo.Did(new Deed("First", () => Task.CompletedTask, () => Task.CompletedTask));
        undo.Did(new Deed("Gone", () => throw Refusal.NotFound("block"), () => Task.CompletedTask));
        await Assert.ThrowsAsync<Refusal>(undo.UndoAsync);
        Assert.Equal("First", (await undo.UndoAsync())?.Words);
        Assert.Equal("First", undo.NextRedo?.Words);
    }

    [Fact]
    public void Nodes_in_view_and_half_a_screen_around_it_are_drawn()
    {
        var view = new WireView(0, 0, 1, 1_000, 800);
        CanvasNode[] nodes = [Node("in", 100, 100), Node("near", 1_300, 100), Node("far", 1_600, 100), Node("above", 100, -900)];
        Assert.Equal(["in", "near"], view.Drawn(nodes).Order());
        Assert.Equal(["far", "near"], (view with { X = -1_400 }).Drawn(nodes).Order());
    }

    [Fact]
    public void Very_many_nodes_too_small_to_read_are_left_to_the_browsers_brush_and_a_few_are_not()
    {
        var many = Enumerable.Range(0, 500).Select(i => Node($"n{i}", i % 25 * 300, i / 25 * 200)).ToList();
        var whole = new WireView(0, 0, 0.13, 1_000, 800);
        Assert.Empty(whole.Drawn(many));
        Assert.Equal(300, whole.Drawn(many.Take(300)).Count);
        Assert.NotEmpty(new WireView(0, 0, 0.6, 1_000, 800).Drawn(many));
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(double.PositiveInfinity, 1)]
    public void A_view_that_is_no_view_is_not_sound(double x, double zoom) => Assert.False(new WireView(x, 0, zoom, 800, 600).IsSound);

    [Fact]
    public void A_node_tells_the_running_tool_the_last_words_and_the_last_block()
    {
        var transcript = new Transcript();
        Take(transcript, new TurnStarted("m", 1, "Hello", null, "agt", "groq/x"), new StepStarted(1, "groq/x"), new TextWritten(1, "# Title\n\nThe first line.\nThe last line."),
            new ToolRequested(1, "c1", "show_document", "{}"), new ToolStarted("c1", "show_document"), new ToolFinished("c1", "show_document", ToolEnding.Ok, "Shown", 12, "blk_1"),
            new ToolRequested(1, "c2", "wait", "{}"), new ToolStarted("c2", "wait"), new StatusChanged(SessionStatus.Idle, SessionStatus.Active));
        var glance = Glance.Of(SessionStatus.Idle, transcript);
        Assert.Equal((SessionStatus.Active, "wait", "The last line.", "blk_1", 2), (glance.Status, glance.Doing?.Tool, glance.LastLine, glance.LastBlock, glance.Calls.Count));
    }

    [Fact]
    public void A_long_line_is_cut_at_a_word_and_keeps_its_end()
    {
        var transcript = new Transcript();
        Take(transcript, new TurnStarted("m", 1, "Hello", null, "agt", "groq/x"), new StepStarted(1, "groq/x"), new TextWritten(1, string.Join(' ', Enumerable.Range(1, 80).Select(i => $"word{i}"))));
        var line = Glance.Of(SessionStatus.Active, transcript).LastLine;
        Assert.StartsWith("…word", line, StringComparison.Ordinal);
        Assert.EndsWith("word80", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 40, 61);
    }

    private static AgentNode Node(string id, double x, double y) => Nodes.Agent(id, NodeSizes.Agent with { X = x, Y = y });

    private static void Take(Transcript transcript, params SessionEventData[] events) =>
        transcript.Apply(events.Select((data, i) => new EventFrame(new SessionEvent(i + 1, "trn", 1_000 + i, data))));
}
