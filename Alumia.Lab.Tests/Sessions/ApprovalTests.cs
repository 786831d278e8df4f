using Alumia.Lab.Agents;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>Calls that ask a person: each for itself, and each answer counts once.</summary>
public sealed class ApprovalTests(ApprovalTests.MailLabs labs) : IClassFixture<ApprovalTests.MailLabs>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_tool_that_writes_outside_asks_and_runs_once_when_it_is_approved(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[tool send_mail {"to":"robin@example.org"}]]""");
        await bench.UntilAsync(session, SessionStatus.AwaitingApproval);

        var asked = Assert.Single(await bench.EventsAsync<ApprovalRequested>(session));
        Assert.Equal("send_mail asks for approval.", (await bench.EventsAsync<StatusChanged>(session))[^1].Why);
        Assert.Empty(await bench.EventsAsync<ToolStarted>(session));
        // Waking it changes nothing: it asks no second time.
        await bench.Conversations.ResumeAsync(bench.Scope, session, Ended);
        await bench.UntilAsync(session, SessionStatus.AwaitingApproval);
        Assert.Single(await bench.EventsAsync<ApprovalRequested>(session));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefusalOfAsync(() => AnswerAsync(bench, session, asked.CallId, ApprovalAnswer.Approved))));

        Assert.Equal(1, answers.Count(refusal => refusal is null));
        Assert.All(answers.OfType<Refusal>(), refusal => Assert.Contains(refusal.Kind, new[] { RefusalKind.Conflict, RefusalKind.NotFound }));
        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal(ToolEnding.Ok, Assert.Single(await bench.EventsAsync<ToolFinished>(session)).Ending);
        Assert.True(Assert.Single(await bench.EventsAsync<ToolStarted>(session)).Writes);
        Assert.Equal(bench.Scope.UserId, Assert.Single(await bench.EventsAsync<ApprovalAnswered>(session)).UserId);
        Assert.Contains("It answered: sent", await bench.TextAsync(session), StringComparison.Ordinal);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task A_no_is_told_to_the_model_with_its_reason_and_the_turn_goes_on(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[tool send_mail {"to":"everybody"}]]""");
        await bench.UntilAsync(session, SessionStatus.AwaitingApproval);
        var call = Assert.Single(await bench.EventsAsync<ApprovalRequested>(session)).CallId;
        Assert.Equal(RefusalKind.NotFound, (await RefusalOfAsync(() => AnswerAsync(bench, session, "call_none", ApprovalAnswer.Approved)))!.Kind);

        await AnswerAsync(bench, session, call, ApprovalAnswer.Denied, "Not to everybody.");

        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Empty(await bench.EventsAsync<ToolStarted>(session));
        Assert.Equal(ToolEnding.Denied, Assert.Single(await bench.EventsAsync<ToolFinished>(session)).Ending);
        Assert.Contains("A person did not approve this call. They said: Not to everybody.", await bench.TextAsync(session), StringComparison.Ordinal);
        var transcript = new Transcript();
        transcript.Prepend(await bench.Conversations.PageAsync(bench.Scope, session, cancellation: Ended));
        Assert.Equal(ToolState.Denied, transcript.Turns.Single().Steps.SelectMany(step => step.Parts).OfType<ToolPart>().Single().State);
    }

    [Theory, BothProviders]
    public async Task One_call_asks_for_itself_and_not_for_its_batch(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[together]] [[tool send_mail {"to":"a"}]] [[tool current_time {}]] [[tool send_mail {"to":"b"}]]""");
        await bench.UntilAsync(session, SessionStatus.AwaitingApproval);
        // What needs no asking has run.
        Assert.Equal("current_time", Assert.Single(await bench.EventsAsync<ToolFinished>(session)).Tool);
        var asked = await bench.EventsAsync<ApprovalRequested>(session);
        Assert.Equal(2, asked.Count);

        await AnswerAsync(bench, session, asked[1].CallId, ApprovalAnswer.Approved);
        await Eventually.Value(() => bench.EventsAsync<ToolFinished>(session), finished => finished.Count == 2, "the approved one has run");
        await bench.UntilAsync(session, SessionStatus.AwaitingApproval);
        Assert.Equal(asked[1].CallId, (await bench.EventsAsync<ToolFinished>(session))[1].CallId);
        await AnswerAsync(bench, session, asked[0].CallId, ApprovalAnswer.Denied);
        await bench.UntilAsync(session, SessionStatus.Idle);

        Assert.Equal([ToolEnding.Ok, ToolEnding.Ok, ToolEnding.Denied], (await bench.EventsAsync<ToolFinished>(session)).Select(finished => finished.Ending));
        Assert.Equal(2, (await bench.EventsAsync<StepStarted>(session)).Count);
        await bench.AssertOrderlyAsync(session);
    }

    [Theory, BothProviders]
    public async Task An_answer_that_comes_while_another_call_of_the_batch_runs_counts_too(StorageProvider provider)
    {
        var gate = new TaskCompletionSource();
        await using var bench = await Bench.StartAsync(provider, services: services =>
        {
            services.AddSingleton<ITool>(Mail());
            services.AddSingleton<ITool>(new TestTool("gated", cancellation => GatedAsync(gate.Task, cancellation)));
        });
        var session = await bench.NewSessionAsync();
        await bench.SendAsync(session, """[[together]] [[tool gated {}]] [[tool send_mail {"to":"a"}]]""");
        await Eventually.Value(() => bench.EventsAsync<ToolOutputWritten>(session), written => written.Count > 0, "the gated tool runs");
        Assert.Equal(SessionStatus.Active, await bench.StatusAsync(session));

        await AnswerAsync(bench, session, Assert.Single(await bench.EventsAsync<ApprovalRequested>(session)).CallId, ApprovalAnswer.Approved);
        gate.SetResult();

        await bench.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal(["gated", "send_mail"], (await bench.EventsAsync<ToolFinished>(session)).Select(finished => finished.Tool));
        Assert.DoesNotContain(await bench.EventsAsync<StatusChanged>(session), moved => moved.To == SessionStatus.AwaitingApproval);
    }

    [Theory, BothProviders]
    public async Task Approved_for_this_session_holds_for_this_session_alone(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var (session, other) = (await bench.NewSessionAsync(), await bench.NewSessionAsync());
        await bench.SendAsync(session, """[[tool send_mail {"to":"a"}]]""");
        await bench.UntilAsync(session, SessionStatus.AwaitingApproval);
        await AnswerAsync(bench, session, Assert.Single(await bench.EventsAsync<ApprovalRequested>(session)).CallId, ApprovalAnswer.ApprovedForSession);
        await bench.UntilAsync(session, SessionStatus.Idle);

        await bench.AskAsync(session, """[[tool send_mail {"to":"b"}]]""");
        await bench.SendAsync(other, """[[tool send_mail {"to":"c"}]]""");
        await bench.UntilAsync(other, SessionStatus.AwaitingApproval);

        Assert.Equal(2, (await bench.EventsAsync<ToolFinished>(session)).Count(finished => finished.Ending == ToolEnding.Ok));
        Assert.Single(await bench.EventsAsync<ApprovalRequested>(session));
        // Cancelled, the call that asks gets an end and nothing waits.
        Assert.True(await bench.Conversations.CancelAsync(bench.Scope, other, Ended));
        Assert.Equal(ToolEnding.Cancelled, Assert.Single(await bench.EventsAsync<ToolFinished>(other)).Ending);
        Assert.Equal(["send_mail"], Assert.Single(await bench.EventsAsync<TurnFailed>(other)).Stop!.Stopped);
        Assert.Contains("clean", await bench.AskAsync(other, "[[say clean]]"), StringComparison.Ordinal);
    }

    [Theory, BothProviders]
    public async Task Another_right_to_the_tool_wakes_the_turn_by_itself(StorageProvider provider)
    {
        await using var bench = await Bench.StartAsync(provider, services: services => services.AddSingleton<ITool>(Mail()));
        var agents = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        foreach (var (right, ending) in new[] { (ToolRight.Allow, ToolEnding.Ok), (ToolRight.Off, ToolEnding.Error) })
        {
            await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "send_mail", null, Ended);
            var session = await bench.NewSessionAsync();
            await bench.SendAsync(session, """[[tool send_mail {"to":"a"}]]""");
            await bench.UntilAsync(session, SessionStatus.AwaitingApproval);

            await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "send_mail", right, Ended);

            await bench.UntilAsync(session, SessionStatus.Idle);
            Assert.Equal(ending, Assert.Single(await bench.EventsAsync<ToolFinished>(session)).Ending);
            await bench.AssertOrderlyAsync(session);
        }
        // A tool that only reads asks where its agent's settings say so.
        await agents.SetToolAsync(bench.Scope, bench.Ala.Id, "current_time", ToolRight.Ask, Ended);
        var asks = await bench.NewSessionAsync();
        await bench.SendAsync(asks, "[[tool current_time {}]]");
        await bench.UntilAsync(asks, SessionStatus.AwaitingApproval);
    }

    [Fact]
    public async Task A_call_that_asks_outlives_the_lab()
    {
        using var folder = new TempFolder();
        var settings = await Bench.SettingsAsync(StorageProvider.Sqlite, new() { ["Storage:Directory"] = folder.Path });
        LabHostOptions options = new() { Settings = settings, Services = services => services.AddSingleton<ITool>(Mail()) };
        string session;
        await using (var before = await Bench.OfAsync(await LabHost.StartAsync(options)))
        {
            session = await before.NewSessionAsync();
            await before.SendAsync(session, """[[tool send_mail {"to":"a"}]]""");
            await before.UntilAsync(session, SessionStatus.AwaitingApproval);
        }
        await using var after = await Bench.OfAsync(await LabHost.StartAsync(options));
        Assert.Equal(SessionStatus.AwaitingApproval, await after.StatusAsync(session));

        await AnswerAsync(after, session, Assert.Single(await after.EventsAsync<ApprovalRequested>(session)).CallId, ApprovalAnswer.Approved);

        await after.UntilAsync(session, SessionStatus.Idle);
        Assert.Equal(ToolEnding.Ok, Assert.Single(await after.EventsAsync<ToolFinished>(session)).Ending);
        await after.AssertOrderlyAsync(session);
    }

    internal static TestTool Mail() => new("send_mail", _ => new ToolOutput[] { new ToolOutput.Result("sent") }.ToAsyncEnumerable(), risk: ToolRisk.Writes);

    private static Task AnswerAsync(Bench bench, string session, string call, ApprovalAnswer answer, string? reason = null) =>
        bench.Conversations.AnswerAsync(bench.Scope, session, call, answer, reason, Ended);

    private static async Task<Refusal?> RefusalOfAsync(Func<Task> deed)
    {
        try
        {
            await deed();
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal;
        }
    }

    private static async IAsyncEnumerable<ToolOutput> GatedAsync(Task gate, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new ToolOutput.Partial("waiting");
        await gate.WaitAsync(cancellation);
        yield return new ToolOutput.Result("passed");
    }

    /// <summary>Labs with a tool that writes outside.</summary>
    public sealed class MailLabs : IAsyncDisposable
    {
        private readonly Dictionary<StorageProvider, Task<Bench>> _benches = [];

        internal Task<Bench> OnAsync(StorageProvider provider)
        {
            lock (_benches)
                return _benches.TryGetValue(provider, out var bench) ? bench : _benches[provider] = Bench.StartAsync(provider, new() { ["Limits:ChatPerMinute"] = "100000" }, services => services.AddSingleton<ITool>(Mail()));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var bench in _benches.Values.Where(bench => bench.IsCompletedSuccessfully))
                await (await bench).DisposeAsync();
        }
    }
}
