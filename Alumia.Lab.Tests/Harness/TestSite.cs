using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Harness;

/// <summary>A web site of the tests, on a loopback port of its own.</summary>
public sealed class TestSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private TestSite(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(context =>
        {
            Interlocked.Increment(ref _requests);
            return answer(context);
        });
    }

    public Uri Address { get; private set; } = null!;

    /// <summary><c>127.0.0.1:port</c>, as <c>Outbound:Allow</c> names it.</summary>
    public string Place => Address.Authority;

    /// <summary>How many requests have come.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public static async Task<TestSite> StartAsync(RequestDelegate answer)
    {
        var site = new TestSite(answer);
        await site._app.StartAsync(TestContext.Current.CancellationToken);
        site.Address = new Uri(site._app.Urls.Single());
        return site;
    }

    /// <summary>A site of a few pages by their paths; others are 404.</summary>
    public static Task<TestSite> StartAsync(Dictionary<string, string> pages) => StartAsync(async context =>
    {
        if (!pages.TryGetValue(context.Request.Path.Value!, out var html))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(html);
    });

    /// <summary>Waits until the client of this request has gone, or the site ends.</summary>
    public static async Task UntilGoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.RequestAborted.Register(gone.SetResult))
            await gone.Task;
    }

    public async ValueTask DisposeAsync()
    {
        // Requests that wait for their client would be waited for.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
