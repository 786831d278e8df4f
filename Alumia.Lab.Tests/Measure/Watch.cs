using System.Globalization;
using System.Text.Json;
using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Measure;

/// <summary>A point of the page, in CSS pixels.</summary>
internal sealed record Point(double X, double Y);

/// <summary>What is on the screen: nodes and links as elements, or all of them painted.</summary>
internal sealed record Shown(bool IsPainted, int Rendered, int InView, int Links, double? Zoom);

/// <summary>When something was on the screen, and when the last part had come, ms since the navigation began.</summary>
internal sealed record Rest(double FirstMs, double LastMs);

/// <summary>How often nodes' contents changed, and of how many nodes.</summary>
internal sealed record Changes(int Updates, int Nodes);

/// <summary>The measuring script of a page, <c>watch.js</c>.</summary>
internal sealed class Watch(IPage page)
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(90);

    /// <summary>Puts the script into every document that this page opens.</summary>
    public static async Task<Watch> OnAsync(IPage page, Anatomy anatomy)
    {
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "Alumia.Lab.Tests", "Measure", "watch.js"));
        await page.AddInitScriptAsync($"({script})({JsonSerializer.Serialize(anatomy, JsonSerializerOptions.Web)})");
        return new Watch(page);
    }

    /// <summary>Waits until something is there and nothing was added for so long, counted from a moment at the earliest.</summary>
    public Task<Rest> RestAsync(int quietMs, double sinceMs = 0) => AskAsync<Rest>(string.Create(CultureInfo.InvariantCulture, $"rest({quietMs}, {sinceMs})"));

    /// <summary>Waits by the page's clock.</summary>
    public Task PassAsync(int ms) => page.EvaluateAsync($"watch.pass({ms})");

    /// <summary>Ms since the navigation began.</summary>
    public Task<double> NowAsync() => AskAsync<double>("now()");

    public Task StartFramesAsync() => page.EvaluateAsync("watch.startFrames()");

    /// <summary>Times between frames since the start, ms.</summary>
    public Task<double[]> StopFramesAsync() => AskAsync<double[]>("stopFrames()");

    public Task StartChangesAsync() => page.EvaluateAsync("watch.startChanges()");

    public Task<Changes> StopChangesAsync() => AskAsync<Changes>("stopChanges()");

    public Task<Shown> ShowsAsync() => AskAsync<Shown>("shows()");

    public Task<double> ZoomAsync() => AskAsync<double>("zoom()");

    public Task<Point> CentreAsync() => AskAsync<Point>("centre()");

    /// <summary>Takes aim at an agent near the middle: where it can be taken. Null where none can.</summary>
    public Task<Point?> HandleAsync() => AskAsync<Point?>("handle()");

    /// <summary>How far the node that was aimed at stands from where it stood then; null where it is on the page no more.</summary>
    public Task<Point?> GoneAsync() => AskAsync<Point?>("gone()");

    public async Task<Point> GroundAsync() => await AskAsync<Point?>("ground()") ?? throw new InvalidOperationException("The canvas shows no bare ground.");

    /// <summary>The canvas's size.</summary>
    public Task<Point> SizeAsync() => AskAsync<Point>("size()");

    private async Task<T> AskAsync<T>(string call) =>
        JsonSerializer.Deserialize<T>(await page.EvaluateAsync<string>($"(async () => JSON.stringify(await watch.{call}))()").WaitAsync(_limit), JsonSerializerOptions.Web)!;
}
