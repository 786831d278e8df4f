using System.Threading.Channels;
using Alumia.Lab.Canvas;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>What a canvas's nodes tell of their sessions, however its looks and its watches meet.</summary>
public sealed class CanvasActivityTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_look_that_ends_late_does_not_undo_what_the_watch_has_told_since()
    {
        var script = new Script().Ask("m1", "Read it to me");
        var asked = Page(script);
        script.Step(1).Close(new ToolRequested(1, "c1", "run_command", "{}")).Store(new ToolStarted("c1", "run_command"));
        var reader = new Reader();
        using var activity = new CanvasActivity(reader, TimeProvider.System, OnPage, NullLogger.Instance);
        var session = SessionOf(SessionStatus.Active, asked.End.Sequence);

        // The board is read and the view is moved at once: two looks, of which the first ends first.
        var (first, second) = (activity.ShowAsync([session]), activity.ShowAsync([session]));
        reader.Looks[0].SetResult(asked);
        await first;
        await reader.Frames.Writer.WriteAsync([.. script.Frames.Skip(asked.Events.Count)], Ended);
        await Eventually.True(() => activity.Of(session.Id).Glance.Doing?.Tool == "run_command", "the node tells what runs");
        reader.Looks[1].SetResult(asked);
        await second;
        Assert.Equal("run_command", activity.Of(session.Id).Glance.Doing?.Tool);
    }

    [Fact]
    public async Task Of_two_looks_at_a_session_at_rest_the_newer_one_stands_whichever_ends_last()
    {
        var script = new Script().Ask("m1", "One").Finish();
        var before = Page(script);
        var after = Page(script.Ask("m2", "Two").Finish());
        var reader = new Reader();
        using var activity = new CanvasActivity(reader, TimeProvider.System, OnPage, NullLogger.Instance);

        var first = activity.ShowAsync([SessionOf(SessionStatus.Idle, before.End.Sequence)]);
        var second = activity.ShowAsync([SessionOf(SessionStatus.Idle, after.End.Sequence)]);
        reader.Looks[1].SetResult(after);
        await second;
        reader.Looks[0].SetResult(before);
        await first;
        Assert.Equal("Two", activity.Of("ses_1").Glance.LastLine);
    }

    private static EventPage Page(Script script) => new([.. script.Events], HasEarlier: false, new Cursor(script.Events[^1].Sequence, 0));

    private static Session SessionOf(SessionStatus status, long lastSequence) => new()
    {
        Id = "ses_1",
        OrgId = "org_1",
        ProjectId = "prj_1",
        AgentId = "agt_ala",
        Label = "",
        MakerId = "usr_1",
        CreatedAtMs = 1,
        Status = status,
        LastSequence = lastSequence,
    };

    private static Task OnPage(Action work)
    {
        work();
        return Task.CompletedTask;
    }

    private sealed class Reader : ICanvasReader
    {
        /// <summary>One for each look, in their order.</summary>
        public List<TaskCompletionSource<EventPage>> Looks { get; } = [];

        public Channel<IReadOnlyList<Frame>> Frames { get; } = Channel.CreateUnbounded<IReadOnlyList<Frame>>();

        public async Task<IReadOnlyDictionary<string, EventPage>> LastTurnsAsync(IReadOnlyCollection<string> sessionIds, CancellationToken cancellation)
        {
            var look = new TaskCompletionSource<EventPage>();
            Looks.Add(look);
            return new Dictionary<string, EventPage> { [sessionIds.Single()] = await look.Task };
        }

        public Task<IReadOnlyDictionary<string, long>> SpentAsync(IReadOnlyCollection<string> sessionIds, IReadOnlyCollection<string> withoutTurns, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>());

        public IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(string sessionId, Cursor from, CancellationToken cancellation) => Frames.Reader.ReadAllAsync(cancellation);
    }
}
