using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>Messages, retries, edits and the queue, through the grain, with the stand-in behind it.</summary>
public sealed class ConversationTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private const string Slow = "[[long 400]] [[pace 20]]";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_message_is_answered_with_a_tool_and_the_turn_ends_idle(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();

        var text = await bench.AskAsync(session, "What time is it?");

        Assert.StartsWith("The clock says", text, StringComparison.Ordinal);
        var finished = Assert.Single(await bench.EventsAsync<ToolFinished>(session));
        Assert.Equal(("current_time", ToolEnding.Ok), (finished.Tool, finished.Ending));
        await bench.AssertOrderlyAsync(session);
        Assert.IsType<StatusChanged>((await bench.EventsAsync(session))[^1].Data);
    }

    [Theory, BothProviders]
    public async Task Messages_to_a_running_session_wait_and_are_answered_in_order_without_the_removed_one(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[long 60]] [[pace 20]]", "m1");

        Assert.Equal(SendOutcome.Queued, (await bench.SendAsync(session, "[[say two]]", "m2")).Outcome);
        Assert.Equal(SendOutcome.Queued, (await bench.SendAsync(session, "[[say three]]", "m3")).Outcome);
        var program = new NewMessage("m4", "[[say four]]", RefuseUnpaid: true);
        Assert.Equal(SendOutcome.Queued, (await bench.Conversations.SendAsync(bench.Scope, session, program, Ended)).Outcome);
        Assert.Equal(SendOutcome.Attached, (await bench.Conversations.SendAsync(bench.Scope, session, program, Ended)).Outcome);
        await bench.Conversations.UnqueueAsync(bench.Scope, session, "m3", Ended);
        Assert.Equal(["m2", "m4"], (await bench.Conversations.QueueAsync(bench.Scope, session, Ended)).Select(queued => queued.MessageId));

        await UntilAnsweredAsync(bench, session, 3);
        Assert.Equal([("m1", null), ("m2", null), ("m4", true)], (await bench.EventsAsync<TurnStarted>(session)).Select(turn => (turn.MessageId, turn.ByProgram)));
        Assert.Empty(await bench.Conversations.QueueAsync(bench.Scope, session, Ended));
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task After_a_cancel_the_queue_goes_on(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, Slow, "m1");
        await bench.SendAsync(session, "[[say two]]", "m2");

        Assert.True(await bench.Conversations.CancelAsync(bench.Scope, session, Ended));

        await UntilAnsweredAsync(bench, session, 1);
        Assert.Equal("two", await bench.TextAsync(session));
        Assert.Equal("cancelled", Assert.Single(await bench.EventsAsync<TurnFailed>(session)).Code);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task After_a_failure_the_queue_is_held_until_the_person_acts_and_then_goes_on_in_order(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[long 60]] [[pace 20]] [[cut 30]]", "m1");
        await bench.SendAsync(session, "[[say two]]", "m2");
        await bench.UntilAsync(session, SessionStatus.Failed);
        Assert.Single(await bench.Conversations.QueueAsync(bench.Scope, session, Ended));

        Assert.Equal(SendOutcome.Queued, (await bench.SendAsync(session, "[[say three]]", "m3")).Outcome);

        await UntilAnsweredAsync(bench, session, 2);
        Assert.Equal(["m1", "m2", "m3"], (await bench.EventsAsync<TurnStarted>(session)).Select(turn => turn.MessageId));
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task A_retry_attaches_while_its_turn_runs_and_after_it_has_answered(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        const string text = "[[long 40]] [[pace 20]]";
        var first = await bench.SendAsync(session, text, "m1");

        Assert.Equal(new Sent(SendOutcome.Attached, first.TurnId), (await bench.SendAsync(session, text, "m1")) with { Limit = null });
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal(new Sent(SendOutcome.Attached, first.TurnId), (await bench.SendAsync(session, text, "m1")) with { Limit = null });

        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
    }

    [Theory, BothProviders]
    public async Task Many_retries_at_once_begin_one_turn(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();

        var sent = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bench.SendAsync(session, "[[say once]]", "m1")));

        Assert.Single(sent, each => each.Outcome == SendOutcome.Started);
        Assert.Single(sent.Select(each => each.TurnId).Distinct());
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
    }

    [Theory, BothProviders]
    public async Task An_edit_is_the_next_revision_and_the_model_is_not_told_what_it_replaced(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "Remember the tulips.", "m1");
        await bench.UntilAsync(session, SessionStatus.Idle);
        await bench.SendAsync(session, "Remember the roses.", "m2");
        await bench.UntilAsync(session, SessionStatus.Idle);

        await bench.SendAsync(session, "Remember the violets.", "m1");
        await bench.UntilAsync(session, SessionStatus.Idle);

        Assert.Equal([1, 1, 2], (await bench.EventsAsync<TurnStarted>(session)).Select(turn => turn.Revision));
        Assert.Contains("violets", await bench.AskAsync(session, "What did I say first?"), StringComparison.Ordinal);
        Assert.Contains("You have sent 3 messages", await bench.AskAsync(session, "How many messages did I send?"), StringComparison.Ordinal);
    }

    [Theory, BothProviders]
    public async Task A_regenerate_answers_the_same_message_again(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, "[[say hello]]", "m1");
        await bench.UntilAsync(session, SessionStatus.Idle);

        Assert.Equal(SendOutcome.Started, (await bench.SendAsync(session, "[[say hello]]", "m1", regenerate: true)).Outcome);
        await bench.UntilAsync(session, SessionStatus.Idle);

        Assert.Equal([1, 2], (await bench.EventsAsync<TurnStarted>(session)).Select(turn => turn.Revision));
        Assert.Contains("You have sent 2 messages", await bench.AskAsync(session, "How many messages did I send?"), StringComparison.Ordinal);
    }

    [Theory, BothProviders]
    public async Task An_edit_while_an_answer_runs_is_refused(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, Slow, "m1");

        var edit = await Assert.ThrowsAsync<Refusal>(() => bench.SendAsync(session, "Something else", "m1"));
        var again = await Assert.ThrowsAsync<Refusal>(() => bench.SendAsync(session, Slow, "m1", regenerate: true));

        Assert.Equal((RefusalKind.Conflict, RefusalKind.Conflict), (edit.Kind, again.Kind));
        Assert.True(await bench.Conversations.CancelAsync(bench.Scope, session, Ended));
        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
    }

    [Theory, BothProviders]
    public async Task What_is_too_long_for_the_model_is_left_out_and_the_session_says_so(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        var pages = string.Concat(Enumerable.Repeat("word ", 70_000));
        await bench.AskAsync(session, "[[say one]] " + pages);
        await bench.AskAsync(session, "[[say two]] " + pages);

        Assert.Contains("You have sent 2 messages", await bench.AskAsync(session, "How many messages did I send?"), StringComparison.Ordinal);

        Assert.Equal([(1, 2), (1, 2)], (await bench.EventsAsync<HistoryCut>(session)).Select(cut => (cut.Step, cut.MessagesLeftOut)));
        Assert.Equal(3, (await bench.EventsAsync<TurnStarted>(session)).Count);
    }

    [Theory, BothProviders]
    public async Task Where_nothing_runs_there_is_nothing_to_cancel_or_resume(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.AskAsync(session, "[[say done]]");

        Assert.False(await bench.Conversations.CancelAsync(bench.Scope, session, Ended));
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => bench.Conversations.ResumeAsync(bench.Scope, session, Ended))).Kind);
    }

    private static Task<int> UntilAnsweredAsync(Bench bench, string session, int turns) =>
        Eventually.Value(async () => (await bench.EventsAsync<TurnFinished>(session)).Count, count => count == turns, $"{turns} turns are answered");
}
