using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Harness;

/// <summary>A hand on the mouse that moves sixty times a second whether the page keeps up or not, as a real one does.</summary>
public sealed class Hand(ICDPSession browser)
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1) / 60;

    public static async Task<Hand> OnAsync(IPage page) => new(await page.Context.NewCDPSessionAsync(page));

    public Task PressAsync(double x, double y) => MouseAsync("mousePressed", x, y, "left", 1);

    public Task ReleaseAsync(double x, double y) => MouseAsync("mouseReleased", x, y, "left", 0);

    /// <summary>Moves with no button held.</summary>
    public Task HoverAsync(double x, double y) => MouseAsync("mouseMoved", x, y, "none", 0);

    /// <summary>Moves with the button held, one point a step; returns when the page has taken the last.</summary>
    public Task DragAsync(IReadOnlyList<(double X, double Y)> path) => PaceAsync(path.Count, i => MouseAsync("mouseMoved", path[i].X, path[i].Y, "left", 1));

    /// <summary>Turns the wheel at one place, once a step; negative goes in.</summary>
    public Task WheelAsync(double x, double y, IReadOnlyList<double> turns) => PaceAsync(turns.Count, i => browser.SendAsync("Input.dispatchMouseEvent", new()
    {
        ["type"] = "mouseWheel",
        ["x"] = x,
        ["y"] = y,
        ["deltaX"] = 0,
        ["deltaY"] = turns[i],
    }));

    private static async Task PaceAsync(int steps, Func<int, Task> step)
    {
        var began = Stopwatch.GetTimestamp();
        var taken = new List<Task>();
        for (var i = 0; i < steps; i++)
        {
            while (i * _step - Stopwatch.GetElapsedTime(began) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)));
            taken.Add(step(i));
        }
        await Task.WhenAll(taken);
    }

    private Task<JsonElement?> MouseAsync(string type, double x, double y, string button, int buttons) => browser.SendAsync("Input.dispatchMouseEvent", new()
    {
        ["type"] = type,
        ["x"] = x,
        ["y"] = y,
        ["button"] = button,
        ["buttons"] = buttons,
        ["clickCount"] = type == "mouseMoved" ? 0 : 1,
    });
}
