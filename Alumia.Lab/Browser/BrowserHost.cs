using Alumia.Lab.Outbound;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>The one Chromium of this process: started for the first session that needs it, ended with the last one.</summary>
internal sealed class BrowserHost(OutboundProxy proxy, IOptions<BrowserOptions> options, ILogger<BrowserHost> log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private int _users;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => _browser is { IsConnected: true };

    /// <summary>A context in which nothing is left of any other; give it back by <see cref="CloseAsync"/>.</summary>
    /// <exception cref="BrowserException">The browser is off, or did not start.</exception>
    public async Task<IBrowserContext> OpenAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_browser is { IsConnected: false })
                await EndAsync();
            var path = Chromium.Find(options.Value);
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await Chromium.LaunchAsync(_playwright, path, proxy.Address, options.Value);
            var context = await _browser.NewContextAsync(new BrowserNewContextOptions
            {
                AcceptDownloads = false,
                ServiceWorkers = ServiceWorkerPolicy.Block,
                ViewportSize = new ViewportSize { Width = 1280, Height = 800 },
                ReducedMotion = ReducedMotion.Reduce,
            });
            _users++;
            return context;
        }
        catch (Exception exception) when (exception is BrowserException or PlaywrightException)
        {
            if (exception is not BrowserException || exception.InnerException is not null)
                log.LogWarning(exception, "Chromium could not be used");
            if (_users == 0)
                await EndAsync();
            throw exception as BrowserException ?? new BrowserException("Chromium could not be used; the lab's log has the cause.", exception);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Closes a context and all its pages; the last one takes the browser with it.</summary>
    public async Task CloseAsync(IBrowserContext context)
    {
        try
        {
            await context.CloseAsync();
        }
        catch (PlaywrightException)
        {
            // The browser was gone before.
        }
        await _one.WaitAsync();
        try
        {
            if (--_users == 0)
                await EndAsync();
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _one.WaitAsync();
        await EndAsync();
        _one.Dispose();
    }

    private async Task EndAsync()
    {
        var (browser, playwright) = (_browser, _playwright);
        (_browser, _playwright) = (null, null);
        try
        {
            if (browser is not null)
                await browser.CloseAsync();
        }
        catch (PlaywrightException exception)
        {
            log.LogDebug(exception, "Chromium was gone before it was closed");
        }
        playwright?.Dispose();
    }
}
