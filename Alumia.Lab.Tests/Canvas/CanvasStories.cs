using System.Text.RegularExpressions;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>What people see and do on a canvas.</summary>
public sealed class CanvasStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private const string DocumentAndChart = """
        Plan it [[tool show_document {"title":"Plan","content":"# Plan\n\nMeasure, cut."}]] [[tool show_chart {"title":"Rain","type":"bar","labels":["Jan","Feb"],"series":[{"name":"mm","values":[40,55]}]}]]
        """;

    [Fact]
    public async Task A_message_makes_a_document_and_a_chart_and_a_second_browser_sees_all_of_it_come()
    {
        var board = await Board.MakeAsync(shared.Lab, "carla");
        await People.JoinAsync(shared.Lab, board.Owner, "carlo", OrgRole.Member);
        var (page, other) = (await PageAsync(shared.Lab), await PageAsync(shared.Lab));
        await board.OpenAsync(page, "carla");
        await board.OpenAsync(other, "carlo");
        await Assertions.Expect(Board.Canvas(other)).ToContainTextAsync("Nothing is on this canvas yet");

        await Demo.SendAsync(page, DocumentAndChart + " [[tool wait {\"seconds\":12}]] [[long 30]]");

        var node = other.Locator(".node[data-session]");
        await Assertions.Expect(node).ToHaveAttributeAsync("data-status", "active");
        await Assertions.Expect(node).ToContainTextAsync("Ala");
        await Assertions.Expect(other.Locator("[data-block=document]")).ToContainTextAsync("Measure, cut.");
        await Assertions.Expect(other.Locator("[data-block=chart]")).ToBeVisibleAsync();
        var session = await node.GetAttributeAsync("data-session");
        await Assertions.Expect(other.Locator($".edges path[data-from='{session}']")).ToHaveCountAsync(2);

        await node.GetByRole(AriaRole.Button, new() { Name = "wait, running" }).ClickAsync();
        var inspector = other.GetByRole(AriaRole.Complementary, new() { Name = "Inspector" });
        await Assertions.Expect(inspector).ToContainTextAsync("\"seconds\": 12");
        await Assertions.Expect(inspector).ToContainTextAsync("of 12 s");
        await Assertions.Expect(inspector).ToContainTextAsync("running");
        await Assertions.Expect(node).ToContainTextAsync(new Regex(@"wait · \d+ s"));
        await Assertions.Expect(inspector).ToContainTextAsync("Waited 12 seconds.");
        await Assertions.Expect(inspector).ToContainTextAsync("Took");
        await inspector.GetByRole(AriaRole.Button, new() { Name = "Close inspector" }).ClickAsync();

        await Assertions.Expect(node).ToHaveAttributeAsync("data-status", "idle");
        await Assertions.Expect(page.Locator(".chat [data-block]")).ToHaveCountAsync(0);
        await board.AgreeAsync(page, other);
    }

    [Fact]
    public async Task A_node_opens_its_session_a_link_leads_to_a_node_and_a_search_flies_to_it()
    {
        var board = await Board.MakeAsync(shared.Lab, "coco");
        var session = await board.AddSessionAsync("Rivers");
        var block = await board.AddAsync("Mountains");
        await board.MoveAsync(block.Id, 9_000, 9_000);
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "coco");

        await Board.Node(page, session.Id).GetByText("Rivers").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"session={session.Id}"));
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Chat" }).Or(page.Locator("section.chat")).First).ToContainTextAsync("Rivers");

        await page.GetByRole(AriaRole.Combobox, new() { Name = "Find a node" }).FillAsync("mount");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Board.Node(page, block.Id)).ToBeInViewportAsync();
        await Assertions.Expect(Board.Node(page, block.Id)).ToHaveAttributeAsync("data-chosen", "");

        await page.GotoAsync($"{board.Address}?node={session.Id}");
        await Assertions.Expect(Board.Node(page, session.Id)).ToHaveAttributeAsync("data-chosen", "");
        await Assertions.Expect(Board.Node(page, session.Id)).ToBeInViewportAsync();
    }

    [Fact]
    public async Task All_of_it_works_by_keyboard()
    {
        var board = await Board.MakeAsync(shared.Lab, "cleo");
        var (one, two) = (await board.AddAsync("One"), await board.AddAsync("Two"));
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "cleo");
        var before = await board.StoredAsync();

        await Board.Canvas(page).FocusAsync();
        await page.Keyboard.PressAsync("j");
        await Assertions.Expect(Board.Node(page, one.Id).Locator(".node")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await Eventually.True(async () => (await board.StoredAsync())[one.Id].X == before[one.Id].X + 16, "the move is stored");
        await page.Keyboard.PressAsync("Control+z");
        await Eventually.True(async () => (await board.StoredAsync())[one.Id] is var (x, _) && x < before[one.Id].X + 16, "it is undone");
        await page.Keyboard.PressAsync("Control+Shift+z");
        await Eventually.True(async () => (await board.StoredAsync())[one.Id].X == before[one.Id].X + 16, "it is done again");

        await page.Keyboard.PressAsync("c");
        await Assertions.Expect(Board.Node(page, one.Id).Locator(".body")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("c");
        await page.Keyboard.PressAsync("j");
        await Assertions.Expect(Board.Node(page, two.Id).Locator(".node")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Delete");
        await Assertions.Expect(Board.Node(page, two.Id)).ToHaveCountAsync(0);
        await Board.Canvas(page).FocusAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Assertions.Expect(Board.Node(page, two.Id)).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+d");
        await page.Keyboard.PressAsync("?");
        var help = page.GetByRole(AriaRole.Dialog, new() { Name = "Keys and gestures" });
        await Assertions.Expect(help).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(help).ToHaveCountAsync(0);
        await Assertions.Expect(Board.Canvas(page)).ToBeFocusedAsync();
        await board.AgreeAsync(page);
    }

    [Fact]
    public async Task Many_are_chosen_in_a_box_moved_together_tidied_and_put_back()
    {
        var board = await Board.MakeAsync(shared.Lab, "cora");
        var blocks = new[] { await board.AddAsync("One"), await board.AddAsync("Two"), await board.AddAsync("Three") };
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "cora");
        var before = await board.StoredAsync();
        var area = (await Board.Canvas(page).BoundingBoxAsync())!;

        await page.Keyboard.DownAsync("Shift");
        await page.Mouse.MoveAsync(area.X + 4, area.Y + 60);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(area.X + area.Width - 10, area.Y + area.Height - 10, new() { Steps = 6 });
        await page.Mouse.UpAsync();
        await page.Keyboard.UpAsync("Shift");
        await Assertions.Expect(page.Locator(".diagram-node[data-chosen]")).ToHaveCountAsync(3);

        var (x, y) = await Board.HandleAsync(page, blocks[0].Id);
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x + 30, y + 60, new() { Steps = 6 });
        await page.Mouse.UpAsync();
        await Eventually.True(async () => (await board.StoredAsync())[blocks[0].Id] != before[blocks[0].Id], "the drop is stored");
        var moved = await board.StoredAsync();
        Assert.Single(blocks.Select(block => (moved[block.Id].X - before[block.Id].X, moved[block.Id].Y - before[block.Id].Y)).Distinct());

        await page.GetByRole(AriaRole.Button, new() { Name = "Tidy", Exact = true }).ClickAsync();
        await Eventually.True(async () => (await board.StoredAsync())[blocks[0].Id] == (0, 0), "it is tidy");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo", Exact = true }).ClickAsync();
        await Eventually.True(async () => (await board.StoredAsync()).All(place => place.Value == before[place.Key]), "all are where they were");
        await board.AgreeAsync(page);
    }

    [Fact]
    public async Task A_viewer_watches_and_can_move_nothing()
    {
        var board = await Board.MakeAsync(shared.Lab, "cecil");
        var block = await board.AddAsync("Plan");
        await People.JoinAsync(shared.Lab, board.Owner, "cyril", OrgRole.Viewer);
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "cyril");
        var before = await board.StoredAsync();

        var (x, y) = await Board.HandleAsync(page, block.Id);
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x + 120, y + 60, new() { Steps = 6 });
        await page.Mouse.UpAsync();
        await Board.Canvas(page).FocusAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.PressAsync("Delete");
        await page.Keyboard.PressAsync("t");
        foreach (var deed in new[] { "Undo", "Tidy", "Add block", "Collapse" })
            await Assertions.Expect(Demo.Button(page, deed)).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Find a node" }).FillAsync("pl");
        await Assertions.Expect(page.GetByRole(AriaRole.Listbox, new() { Name = "Nodes found" }).GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        Assert.Equal(before, await board.StoredAsync());
        await board.AgreeAsync(page);
    }

    [Fact]
    public async Task A_block_is_resized_duplicated_and_shown_in_full_screen_and_the_overview_map_leads_elsewhere()
    {
        var board = await Board.MakeAsync(shared.Lab, "conny");
        var block = await board.AddAsync("Plan", "Measure, cut.");
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "conny");
        var node = Board.Node(page, block.Id);
        var box = (await node.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width - 4, box.Y + box.Height - 4);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width + 96, box.Y + box.Height + 46, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await Eventually.True(async () => await board.SizeAsync(block.Id) is var (width, height) && width > 500 && height > 390, "the size is stored");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo", Exact = true }).ClickAsync();
        await Eventually.True(async () => await board.SizeAsync(block.Id) == (420, 360), "the size is as it was");

        await node.GetByLabel("Block menu").ClickAsync();
        await node.GetByRole(AriaRole.Button, new() { Name = "Full screen", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Measure, cut.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();
        await node.GetByLabel("Block menu").ClickAsync();
        await node.GetByRole(AriaRole.Button, new() { Name = "Duplicate", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-block=document]")).ToHaveCountAsync(2);
        await board.AgreeAsync(page);

        var view = await Board.ViewAsync(page);
        var map = (await page.GetByRole(AriaRole.Img, new() { Name = "Overview map" }).BoundingBoxAsync())!;
        await page.Mouse.ClickAsync(map.X + 20, map.Y + 20);
        await Eventually.True(async () => await Board.ViewAsync(page) != view, "the view is elsewhere");
    }
}
