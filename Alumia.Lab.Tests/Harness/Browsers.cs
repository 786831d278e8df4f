using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Browsers))]

namespace Alumia.Lab.Tests.Harness;

/// <summary>One headless Chromium for all stories of a run, started by the first; each story has contexts of its own in it.</summary>
public sealed class Browsers : IAsyncDisposable
{
    private static readonly string[] _arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly SemaphoreSlim _once = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A fresh context, as a new person at a new machine; skips the test where Chromium is missing.</summary>
    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null)
    {
        var chromium = Parts.Need(Part.Chromium);
        await _once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            Assertions.SetDefaultExpectTimeout(30_000);
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = chromium, Headless = true, Args = _arguments });
        }
        finally
        {
            _once.Release();
        }
        return await _browser.NewContextAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _once.Dispose();
    }
}
