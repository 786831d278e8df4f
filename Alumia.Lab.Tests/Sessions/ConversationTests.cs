using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>A conversation through the grain, with the stand-in behind it.</summary>
public sealed class ConversationTests
{
    [Fact]
    public async Task A_message_is_answered_with_a_tool_and_the_turn_ends_idle()
    {
        await using var lab = await LabHost.StartAsync();
        var bench = await Bench.OfAsync(lab);
        var session = await bench.NewSessionAsync();

        var text = await bench.AskAsync(session, "What time is it?");

        Assert.NotEmpty(text);
        var finished = Assert.Single(await bench.EventsAsync<ToolFinished>(session));
        Assert.Equal(("current_time", ToolEnding.Ok), (finished.Tool, finished.Ending));
        var events = await bench.EventsAsync(session);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(number => (long)number), events.Select(each => each.Sequence));
        Assert.IsType<StatusChanged>(events[^1].Data);
    }
}
