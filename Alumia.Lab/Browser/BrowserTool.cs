using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Alumia.Lab.Tools;
using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>What the tools of the browser share: the session's browser, progress, and what the model is told at the end.</summary>
internal abstract class BrowserTool(BrowserDesk desk, string name, string description, string schema, ToolRisk risk) : ITool, IToolProbe
{
    public string Name => name;

    public string Description => description;

    public JsonElement Schema { get; } = Arguments.Schema(schema);

    public ToolRisk Risk => risk;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(desk.Options.LoadSeconds + (3 * desk.Options.DeedSeconds) + 60);

    protected BrowserDesk Desk => desk;

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var told = Channel.CreateUnbounded<string>();
        var running = RunAsync(call, told.Writer, cancellation);
        // Until it has ended: a cancelled call ends when its page is closed.
        await foreach (var text in told.Reader.ReadAllAsync(CancellationToken.None))
            yield return new ToolOutput.Partial(text);
        yield return await running;
    }

    public ValueTask<IReadOnlyList<ToolFact>> LookAsync(ToolCall call, CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<ToolFact>>(
        desk.Sessions.Peek(call.Context.SessionId) is { } session
            ? [new ToolFact("Page", session.Address is { } address and not "about:blank" ? PageReport.Clean(address, 300) : "None has come yet"), session.Traffic.Look()]
            : [new ToolFact("Browser", "It is being started")]);

    /// <summary>Does what the call asks for on the session's page, and gives what the model is told.</summary>
    protected abstract Task<ToolOutput> ActAsync(ToolCall call, BrowserSession session, PageWait wait, CancellationToken cancellation);

    private async Task<ToolOutput> RunAsync(ToolCall call, ChannelWriter<string> told, CancellationToken cancellation)
    {
        // Whatever waits for the page then breaks at once: Playwright's calls heed no cancellation.
        await using var ends = cancellation.UnsafeRegister(_ => _ = desk.Sessions.ReleaseAsync(call.Context.SessionId), null);
        try
        {
            var wait = new PageWait(told, desk.Clock, cancellation);
            using var lease = await wait.ForAsync(desk.Sessions.OpenAsync(call.Context.SessionId, cancellation), "the browser");
            return await ActAsync(call, lease.Session, wait, cancellation);
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested)
        {
            await desk.Sessions.ReleaseAsync(call.Context.SessionId);
            throw exception as OperationCanceledException ?? new OperationCanceledException("The browser was closed.", exception, cancellation);
        }
        catch (BrowserException exception)
        {
            return new ToolOutput.Error(exception.Message);
        }
        catch (Exception exception) when (exception is PlaywrightException or TimeoutException)
        {
            return new ToolOutput.Error($"The page does not do that: {PageErrors.Short(exception)}. Read it again with browser_read.");
        }
        finally
        {
            told.Complete();
        }
    }
}
