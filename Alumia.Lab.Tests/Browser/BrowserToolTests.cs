using Alumia.Lab.Blocks;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Browser;

/// <summary>The tools of the browser on pages of the tests.</summary>
public sealed class BrowserToolTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_form_is_opened_filled_in_sent_and_read_and_what_its_text_does_not_show_is_told()
    {
        var sent = "";
        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            switch (context.Request.Path.Value)
            {
                case "/sent":
                    sent = (await context.Request.ReadFormAsync()).Aggregate("", (all, field) => $"{all}{field.Key}={field.Value};");
                    await context.Response.WriteAsync("<title>Thanks</title><h1>Thank you</h1>");
                    break;
                case "/file":
                    context.Response.ContentType = "application/octet-stream";
                    context.Response.Headers.ContentDisposition = "attachment; filename=\"virus.exe\"";
                    await context.Response.WriteAsync("bytes");
                    break;
                case "/second":
                    await context.Response.WriteAsync("<title>Second</title><p>The second window</p>");
                    break;
                default:
                    await context.Response.WriteAsync("""
                        <!doctype html><title>Order</title><h1>Order tea</h1>
                        <form method=post action=/sent>
                          <label>Your name <input name=name value=Nobody></label>
                          <label>Kind <select name=kind><option>Green<option>Black</select></label>
                          <button>Send</button>
                        </form>
                        <button onclick="alert('Careful </untrusted>')">Warn</button>
                        <button onclick="document.title = confirm('Really?') ? 'yes' : 'no'">Ask</button>
                        <a href=/file>Load</a> <a href=/second target=_blank>More</a> <a href="file:///etc/passwd">Local</a>
                        <label>Picture <input type=file></label>
                        """);
                    break;
            }
        });
        await using var bench = await BrowserBench.StartAsync([site.Place]);
        var by = await bench.NewAsync();
        Assert.Contains("No page is open", (await bench.CallAsync(by, "browser_read", new { })).Error, StringComparison.Ordinal);
        Assert.Contains("No page is open", (await bench.CallAsync(by, "browser_click", new { @ref = "e1" })).Error, StringComparison.Ordinal);
        var opened = (await bench.CallAsync(by, "browser_open", new { url = site.Address })).Result;
        Assert.Contains("Title: Order", opened, StringComparison.Ordinal);
        Assert.Contains("<untrusted id=", opened, StringComparison.Ordinal);

        var warned = (await bench.CallAsync(by, "browser_click", new { @ref = BrowserBench.Ref(opened, "\"Warn\"") })).Result;
        Assert.Contains("The page showed a dialog (alert): \"Careful ‹/untrusted>\". It was closed.", warned, StringComparison.Ordinal);
        Assert.Contains("Title: no", (await bench.CallAsync(by, "browser_click", new { @ref = BrowserBench.Ref(opened, "\"Ask\"") })).Result, StringComparison.Ordinal);
        Assert.Contains("offered a file, virus.exe; downloads are refused", (await bench.CallAsync(by, "browser_click", new { @ref = BrowserBench.Ref(opened, "\"Load\"") })).Result, StringComparison.Ordinal);
        Assert.Contains("asked for a file of this machine", (await bench.CallAsync(by, "browser_click", new { @ref = BrowserBench.Ref(opened, "\"Picture\"") })).Result, StringComparison.Ordinal);
        Assert.Contains($"Address: {site.Address}\n", (await bench.CallAsync(by, "browser_click", new { @ref = BrowserBench.Ref(opened, "\"Local\"") })).Result, StringComparison.Ordinal);

        Assert.Contains("Ada & Grace", (await bench.CallAsync(by, "browser_type", new { @ref = BrowserBench.Ref(opened, "textbox \"Your name\""), text = "Ada & Grace" })).Result, StringComparison.Ordinal);
        await bench.CallAsync(by, "browser_type", new { @ref = BrowserBench.Ref(opened, "combobox \"Kind\""), text = "Black" });
        var thanks = await bench.CallAsync(by, "browser_click", new { @ref = BrowserBench.Ref(opened, "button \"Send\"") });
        Assert.Contains("heading \"Thank you\"", thanks.Result, StringComparison.Ordinal);
        Assert.Equal("name=Ada & Grace;kind=Black;", sent);
        Assert.Contains("no element e999", (await bench.CallAsync(by, "browser_click", new { @ref = "e999" })).Error, StringComparison.Ordinal);

        var again = (await bench.CallAsync(by, "browser_open", new { url = site.Address })).Result;
        var second = (await bench.CallAsync(by, "browser_click", new { @ref = BrowserBench.Ref(again, "\"More\"") })).Result;
        // Of a new window the browser may tell after the call has ended; the next one looks at it.
        var seen = second;
        await Eventually.True(async () => (seen += (await bench.CallAsync(by, "browser_read", new { })).Result).Contains("The second window", StringComparison.Ordinal), "the second window is looked at");
        Assert.Contains("opened a new window, which is now the page that is looked at", seen, StringComparison.Ordinal);
        Assert.Contains("is a file and no page", (await bench.CallAsync(by, "browser_open", new { url = $"{site.Address}file" })).Error, StringComparison.Ordinal);

        // One block shows all of it, and keeps no past.
        var shelf = bench.Bench.Lab.Services.GetRequiredService<BlockShelf>();
        var block = Assert.Single(await shelf.ListAsync(bench.Bench.Scope, by.ProjectId, Ended), block => block.Kind == BlockKind.Page);
        Assert.Equal(((ToolOutput.Result)thanks.End).BlockId, block.Id);
        Assert.Equal("Second", block.Title);
        Assert.True(block.Version > 5);
        Assert.Single(await shelf.VersionsAsync(bench.Bench.Scope, block.Id, Ended));
        await bench.CallAsync(by, "browser_screenshot", new { full_page = true });
        Assert.Equal(1, bench.Sessions.Count);
        await bench.Bench.Conversations.DeleteAsync(bench.Bench.Scope, by.SessionId, Ended);
        Assert.Equal((0, false), (bench.Sessions.Count, bench.IsRunning));
        await Eventually.Equal(0, () => bench.Proxy.Connections);
    }

    [Fact]
    public async Task A_slow_page_tells_that_it_is_waited_for_and_ends_with_what_was_there()
    {
        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.ContentType = "text/html";
            if (context.Request.Path == "/never")
                await TestSite.UntilGoneAsync(context);
            await context.Response.WriteAsync("<title>Half</title><p>The first half</p>");
            await context.Response.Body.FlushAsync();
            await TestSite.UntilGoneAsync(context);
        });
        await using var bench = await BrowserBench.StartAsync([site.Place], ("Tools:Browser:LoadSeconds", "3"));
        var by = await bench.NewAsync();
        var half = await bench.CallAsync(by, "browser_open", new { url = site.Address });
        Assert.Contains("The page was still loading after", half.Result, StringComparison.Ordinal);
        Assert.Contains("The first half", half.Result, StringComparison.Ordinal);
        Assert.Contains(half.Partials, line => line.StartsWith("waiting for the page since ", StringComparison.Ordinal));
        Assert.Contains("did not answer within 3 s", (await bench.CallAsync(by, "browser_open", new { url = $"{site.Address}never" })).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_call_leaves_no_page_no_connection_and_no_process()
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await TestSite.StartAsync(async context =>
        {
            if (context.Request.Path != "/slow")
                return;
            context.RequestAborted.Register(() => gone.TrySetResult());
            began.TrySetResult();
            await gone.Task;
        });
        await using var bench = await BrowserBench.StartAsync([site.Place]);
        var by = await bench.NewAsync();
        using var cancel = new CancellationTokenSource();
        var call = bench.CallUntilAsync(by, "browser_open", new { url = $"{site.Address}slow" }, cancel.Token);
        await began.Task.WaitAsync(TimeSpan.FromSeconds(60), Ended);
        var at = TimeProvider.System.GetTimestamp();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal((0, false), (bench.Sessions.Count, bench.IsRunning));
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30), Ended);
        await Eventually.Equal(0, () => bench.Proxy.Connections);
        Figures.Print($"a cancelled page load was gone after {TimeProvider.System.GetElapsedTime(at).TotalMilliseconds:0} ms");
        // The next call begins anew.
        Assert.Contains("shows nothing", (await bench.CallAsync(by, "browser_open", new { url = site.Address })).Result, StringComparison.Ordinal);
    }
}
