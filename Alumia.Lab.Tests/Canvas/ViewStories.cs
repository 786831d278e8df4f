using System.Globalization;
using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>What of a canvas is in view: what the canvas does by itself, what a person does with hands.</summary>
public sealed class ViewStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    [Fact]
    public async Task Everything_stays_in_view_until_a_person_moves_the_view_and_again_after_Fit()
    {
        var board = await Board.MakeAsync(shared.Lab, "clara");
        await board.AddAsync("One");
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "clara");
        var far = await board.AddAsync("Far");
        await board.MoveAsync(far.Id, 6_000, 4_000);
        await board.AgreeAsync(page);
        await AllInViewAsync(page, 2);

        // The margin around what is fitted is free ground.
        var area = (await Board.Canvas(page).BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(area.X + 12, area.Y + area.Height - 20);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(area.X + 52, area.Y + area.Height - 60, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        var view = await Board.ViewAsync(page);
        var farther = await board.AddAsync("Farther");
        await board.MoveAsync(farther.Id, 12_000, 9_000);
        await board.AddSessionAsync("Last");
        await Assertions.Expect(page.GetByText("New on the canvas: Last")).ToBeAttachedAsync();
        Assert.Equal(view, await Board.ViewAsync(page));

        await page.GetByRole(AriaRole.Button, new() { Name = "Fit", Exact = true }).ClickAsync();
        await AllInViewAsync(page, 4);
    }

    [Fact]
    public async Task A_canvas_whose_drawing_comes_after_the_call_that_opens_it_opens_then()
    {
        var board = await Board.MakeAsync(shared.Lab, "carl");
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "carl");
        // A page that waits for the browser's receipts of earlier drawings sends this one late.
        var isOpen = await page.EvaluateAsync<bool>("""
            async () => {
              const late = document.querySelector("[data-canvas]").cloneNode(true);
              delete late.dataset.open;
              late.querySelector(".diagram-canvas").remove();
              document.body.append(late);
              const opening = alumiaCanvas.open(late, { invokeMethodAsync: async () => null }, { mayAct: false }, { nodes: [], gone: [], order: [], edges: [] });
              await Promise.race([opening, new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))]);
              const layer = document.createElement("div");
              layer.className = "diagram-html-layer";
              late.append(layer);
              await opening;
              return late.dataset.open === "";
            }
            """);
        Assert.True(isOpen);
    }

    [Fact]
    public async Task Following_brings_the_agent_at_work_into_view()
    {
        var board = await Board.MakeAsync(shared.Lab, "cyrill");
        var session = await board.AddSessionAsync("Rivers");
        var block = await board.AddAsync("Far");
        await board.MoveAsync(block.Id, 20_000, 20_000);
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "cyrill");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Find a node" }).FillAsync("far");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Board.Node(page, session.Id)).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Follow the action", Exact = true }).ClickAsync();
        await board.SendAsync(session.Id, "About rivers [[tool wait {\"seconds\":2}]]");
        await Assertions.Expect(Board.Node(page, session.Id)).ToBeInViewportAsync();
        await Assertions.Expect(Board.Node(page, session.Id).Locator(".node")).ToHaveAttributeAsync("data-status", "idle");
        await Assertions.Expect(Board.Node(page, session.Id)).ToBeInViewportAsync();
    }

    [Fact]
    public async Task On_a_phone_two_fingers_zoom_one_pans_and_a_title_is_dragged()
    {
        var board = await Board.MakeAsync(shared.Lab, "cassie");
        var block = await board.AddAsync("Plan");
        var page = await PageAsync(shared.Lab, new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true });
        await People.SignInAsync(page, "cassie");
        await page.GotoAsync(board.Address);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Canvas", Exact = true }).TapAsync();
        await board.AgreeAsync(page);
        var fingers = await page.Context.NewCDPSessionAsync(page);
        var view = await Board.ViewAsync(page);

        await TouchAsync(fingers, "touchStart", (150, 650), (230, 650));
        await TouchAsync(fingers, "touchMove", (120, 650), (270, 650));
        await TouchAsync(fingers, "touchMove", (90, 650), (310, 650));
        await TouchAsync(fingers, "touchEnd");
        await Eventually.True(async () => await ScaleAsync(page) > ScaleOf(view), "it is larger");

        view = await Board.ViewAsync(page);
        await TouchAsync(fingers, "touchStart", (60, 700));
        await TouchAsync(fingers, "touchMove", (70, 660));
        await TouchAsync(fingers, "touchMove", (80, 600));
        await TouchAsync(fingers, "touchEnd");
        await Eventually.True(async () => await Board.ViewAsync(page) != view && await ScaleAsync(page) == ScaleOf(view), "it is panned");

        await page.GetByRole(AriaRole.Button, new() { Name = "Fit", Exact = true }).ClickAsync();
        await AllInViewAsync(page, 1);
        var before = (await board.StoredAsync())[block.Id];
        var (x, y) = await Board.HandleAsync(page, block.Id);
        await TouchAsync(fingers, "touchStart", (x, y));
        await TouchAsync(fingers, "touchMove", (x + 20, y + 30));
        await TouchAsync(fingers, "touchMove", (x + 40, y + 80));
        await TouchAsync(fingers, "touchEnd");
        await Eventually.True(async () => (await board.StoredAsync())[block.Id] is var (left, top) && left > before.X && top > before.Y, "the drop is stored");
        await board.AgreeAsync(page);
    }

    private static Task<System.Text.Json.JsonElement?> TouchAsync(ICDPSession fingers, string type, params (float X, float Y)[] at) => fingers.SendAsync("Input.dispatchTouchEvent", new()
    {
        ["type"] = type,
        ["touchPoints"] = at.Select((point, i) => new { x = point.X, y = point.Y, id = i }).ToArray(),
    });

    private static async Task<double> ScaleAsync(IPage page) => ScaleOf(await Board.ViewAsync(page));

    private static double ScaleOf(string transform) => double.Parse(Regex.Match(transform, @"scale\(([^)]+)\)").Groups[1].Value, CultureInfo.InvariantCulture);

    private static Task AllInViewAsync(IPage page, int count) => Eventually.True(() => page.EvaluateAsync<bool>("""
        count => {
          const canvas = document.querySelector("[data-canvas]").getBoundingClientRect(), nodes = [...document.querySelectorAll(".diagram-node")].map(node => node.getBoundingClientRect());
          return nodes.length === count && nodes.every(node => node.left >= canvas.left && node.right <= canvas.right && node.top >= canvas.top && node.bottom <= canvas.bottom);
        }
        """, count), $"all {count} nodes are in view");
}
