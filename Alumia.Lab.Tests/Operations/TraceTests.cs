using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Alumia.Lab.Ledger;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;

namespace Alumia.Lab.Tests.Operations;

/// <summary>One trace leads from the deed of a person to the provider, the tool and the ledger, and tells nothing that anybody wrote.</summary>
public sealed class TraceTests
{
    private const string Said = "heliotrope";

    /// <summary>As docs/operations.md shows it, which was printed by this test.</summary>
    [Fact]
    public async Task A_chat_is_one_trace_with_its_session_steps_model_tool_and_transfers_and_no_content()
    {
        await using var bench = await Bench.StartAsync(StorageProvider.Sqlite);
        await bench.WriteAsync(tx => LedgerBook.Credit(tx, bench.Scope.OrgId, 5 * Money.Dollar, "deposit:1", "Deposit"));
        var session = (await bench.Conversations.CreateAsync(bench.Scope, bench.Project.Id, bench.Ala.Id, "openai/gpt-5.5", cancellation: TestContext.Current.CancellationToken)).Id;
        var spans = new ConcurrentQueue<Activity>();
        using var person = new ActivitySource(nameof(TraceTests));
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is Traces.Name or "System.Net.Http" or "Microsoft.Orleans.Application" or nameof(TraceTests),
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        ActivityTraceId trace;
        using (var click = person.StartActivity("Send"))
        {
            trace = click!.TraceId;
            await bench.SendAsync(session, $"{Said} [[tool wait {{\"seconds\":0.1}}]]");
        }
        await bench.UntilAsync(session, SessionStatus.Idle);
        await Eventually.True(() => spans.Any(span => span.TraceId == trace && span.OperationName == "invoke_agent"), "the turn's span has ended");

        var told = spans.Where(span => span.TraceId == trace).OrderBy(span => span.StartTimeUtc).ToList();
        var turn = Assert.Single(told, span => span.OperationName == "invoke_agent");
        Assert.Equal(session, turn.GetTagItem("gen_ai.conversation.id"));
        var steps = told.Where(span => span.OperationName.StartsWith("step ", StringComparison.Ordinal)).ToList();
        Assert.Equal(["step 1", "step 2"], steps.Select(span => span.OperationName));
        Assert.All(steps, step => Assert.Equal(turn.SpanId, step.ParentSpanId));
        var chats = told.Where(span => Equals(span.GetTagItem("gen_ai.operation.name"), "chat")).ToList();
        Assert.Equal(steps.Select(step => step.SpanId), chats.Select(chat => chat.ParentSpanId));
        Assert.All(chats, chat => Assert.Equal(("openai", "gpt-5.5"), (chat.GetTagItem("gen_ai.provider.name"), chat.GetTagItem("gen_ai.request.model"))));
        Assert.All(chats, chat => Assert.Single(told, span => span.ParentSpanId == chat.SpanId && span.Kind == ActivityKind.Client));
        var tool = Assert.Single(told, span => Equals(span.GetTagItem("gen_ai.operation.name"), "execute_tool"));
        Assert.Equal(("wait", turn.SpanId), (tool.GetTagItem("gen_ai.tool.name"), tool.ParentSpanId));
        var receipts = await bench.EventsAsync<UsageRecorded>(session);
        Assert.Equal(2, receipts.Count);
        Assert.Equal(steps.Select(step => step.SpanId), told.Where(span => span.OperationName == "ledger charge").Select(span => span.ParentSpanId));
        var tree = string.Join('\n', Tree(told, default, ""));
        Assert.DoesNotContain(Said, tree, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper!.WriteLine(tree);
    }

    private static IEnumerable<string> Tree(List<Activity> spans, ActivitySpanId parent, string indent) => spans.Where(span => span.ParentSpanId == parent).SelectMany(span => Tree(spans, span.SpanId, indent + "  ")
        .Prepend($"{indent}{span.DisplayName}  {span.Duration.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)} ms  {string.Join(' ', span.TagObjects.Where(tag => tag.Value is not null and not string { Length: > 120 }).Select(tag => $"{tag.Key}={tag.Value}"))}"));
}
