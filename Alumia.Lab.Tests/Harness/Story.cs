using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Harness;

/// <summary>
/// The base of tests in Chromium. A story fails on an uncaught error of a page or an error in its console, and when it failed
/// leaves a screenshot and the HTML of every page in <c>TestResults/</c>.
/// </summary>
public abstract class Story(Browsers browsers) : IAsyncLifetime
{
    /// <summary>The run's Chromium.</summary>
    protected Browsers Browsers { get; } = browsers;

    private readonly List<IPage> _pages = [];
    private readonly List<LabHost> _labs = [];
    private readonly List<Regex> _expected = [];
    private readonly ConcurrentQueue<string> _errors = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A lab for this story; it ends after the story's browsers, which would complain of a dead line otherwise.</summary>
    protected async Task<LabHost> LabAsync(LabHostOptions? options = null)
    {
        var lab = await LabHost.StartAsync(options);
        _labs.Add(lab);
        return lab;
    }

    /// <summary>A page of a new person at this lab; relative addresses are the lab's.</summary>
    protected async Task<IPage> PageAsync(ILab lab, BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = lab.Address.ToString();
        var context = await Browsers.NewContextAsync(options);
        context.SetDefaultTimeout(30_000);
        return await PageAsync(context);
    }

    /// <summary>One more tab of the same person.</summary>
    protected async Task<IPage> PageAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => _errors.Enqueue($"{page.Url}: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _errors.Enqueue($"{page.Url}: {message.Text} ({message.Location})");
        };
        lock (_pages)
            _pages.Add(page);
        return page;
    }

    /// <summary>Names an error that belongs to the story, such as a 404 that it asks for.</summary>
    protected void ExpectError(string pattern) => _expected.Add(new Regex(pattern, RegexOptions.IgnoreCase));

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var errors = _errors.Where(error => !_expected.Any(pattern => pattern.IsMatch(error))).ToList();
        if (errors.Count > 0 || TestContext.Current.TestState?.Result == TestResult.Failed)
            await KeepAsync();
        foreach (var context in _pages.Select(page => page.Context).Distinct().ToList())
            await context.CloseAsync();
        foreach (var lab in _labs)
            await lab.DisposeAsync();
        if (errors.Count > 0)
            Assert.Fail("The browser reported errors:\n" + string.Join('\n', errors));
    }

    /// <summary>What the lab printed, told where the story fails and nobody else tells it.</summary>
    protected virtual string LabOutput => "";

    private async Task KeepAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(LabOutput);
        var name = string.Join("", $"{TestContext.Current.TestClass?.TestClassSimpleName}.{TestContext.Current.TestMethod?.MethodName}".Split(Path.GetInvalidFileNameChars()));
        for (var i = 0; i < _pages.Count; i++)
        {
            var path = Path.Combine(Repository.TestResults, $"{name}.{i + 1}");
            try
            {
                await _pages[i].ScreenshotAsync(new PageScreenshotOptions { Path = path + ".png", FullPage = true, Timeout = 10_000 });
                await File.WriteAllTextAsync(path + ".html", $"<!-- {_pages[i].Url} -->\n{await _pages[i].ContentAsync()}");
                TestContext.Current.TestOutputHelper?.WriteLine($"Kept {path}.png");
            }
            catch (PlaywrightException exception)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Could not keep {path}: {exception.Message}");
            }
        }
    }
}
