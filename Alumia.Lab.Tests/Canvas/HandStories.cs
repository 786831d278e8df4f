using System.Text;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>Nodes in the hand: nothing goes over the line before the drop, and whatever happens meanwhile, screen and database end the same.</summary>
public sealed class HandStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    [Fact]
    public async Task A_drag_sends_nothing_before_the_drop_and_one_message_with_it()
    {
        var board = await Board.MakeAsync(shared.Lab, "hanna");
        var block = await board.AddAsync("Plan");
        await board.AddAsync("Beside");
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "hanna");
        await board.AgreeAsync(page);
        var sent = await SentAsync(page);
        var (x, y) = await Board.HandleAsync(page, block.Id);

        await page.Mouse.MoveAsync(x, y);
        sent.Clear();
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x + 150, y + 90, new() { Steps = 30 });
        await page.Mouse.MoveAsync(x + 80, y + 120, new() { Steps = 30 });
        Assert.NotEqual((await board.StoredAsync())[block.Id], (await Board.ShownAsync(page))[block.Id]);
        Assert.Empty(Deeds(sent));

        await page.Mouse.UpAsync();
        await Eventually.True(() => Deeds(sent).Any(deed => deed.Contains("Moved", StringComparison.Ordinal)), "the drop is sent");
        await board.AgreeAsync(page);
        Assert.Single(Deeds(sent), deed => deed.Contains("Moved", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_is_redrawn_in_the_hand_stays_in_it()
    {
        var board = await Board.MakeAsync(shared.Lab, "heidi");
        var session = await board.AddSessionAsync("Rivers");
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "heidi");
        var held = await TakeAsync(page, session.Id, 120, 80);

        await shared.Lab.Services.GetRequiredService<Conversations>().RenameAsync(board.Owner, session.Id, "Mountains", TestContext.Current.CancellationToken);
        await Assertions.Expect(Board.Node(page, session.Id)).ToContainTextAsync("Mountains");
        Assert.Equal(held, (await Board.ShownAsync(page))[session.Id]);

        await page.Mouse.UpAsync();
        await board.AgreeAsync(page);
        Assert.Equal(held, (await board.StoredAsync())[session.Id]);
    }

    [Fact]
    public async Task A_node_that_somebody_else_moves_stays_in_the_hand_and_stands_where_it_was_dropped_last()
    {
        var board = await Board.MakeAsync(shared.Lab, "helga");
        var block = await board.AddAsync("Plan");
        await People.JoinAsync(shared.Lab, board.Owner, "hugo", OrgRole.Member);
        var (page, other) = (await PageAsync(shared.Lab), await PageAsync(shared.Lab));
        await board.OpenAsync(page, "helga");
        await board.OpenAsync(other, "hugo");
        var held = await TakeAsync(page, block.Id, 120, 80);

        await board.MoveAsync(block.Id, 4_000, 3_000);
        await Eventually.True(async () => (await Board.ShownAsync(other)).GetValueOrDefault(block.Id, (4_000, 3_000)) == (4_000, 3_000), "the other browser shows the move");
        Assert.Equal(held, (await Board.ShownAsync(page))[block.Id]);

        await page.Mouse.UpAsync();
        await Eventually.True(async () => (await board.StoredAsync())[block.Id] == held, "the drop is stored");
        await board.AgreeAsync(page, other);
    }

    [Fact]
    public async Task A_node_whose_text_changes_while_its_drop_is_under_way_stands_where_it_was_dropped()
    {
        var board = await Board.MakeAsync(shared.Lab, "henny");
        var block = await board.AddAsync("Plan");
        await using var line = new SlowLine(shared.Lab.Address, TimeSpan.FromSeconds(1));
        var page = await PageAsync(line);
        await board.OpenAsync(page, "henny");
        var held = await TakeAsync(page, block.Id, 120, 80);
        await page.Mouse.UpAsync();
        // The page is told of the new text before it has heard of the drop, with the place that the node had.
        await board.RewriteAsync(block.Id, 1, "other text");

        await Assertions.Expect(Board.Node(page, block.Id)).ToContainTextAsync("other text");
        await Eventually.True(async () => (await board.StoredAsync())[block.Id] == held, "the drop is stored");
        // What comes back later than the answer to the drop.
        await page.GetByRole(AriaRole.Button, new() { Name = "Help", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".help-sheet")).ToBeVisibleAsync();
        await board.AgreeAsync(page);
        Assert.Equal(held, (await Board.ShownAsync(page))[block.Id]);
        await page.CloseAsync(); // Before its line goes.
    }

    [Fact]
    public async Task A_line_that_breaks_in_mid_drag_loses_no_move()
    {
        ExpectError("."); // A broken line complains until it is mended.
        var board = await Board.MakeAsync(shared.Lab, "hilde");
        var block = await board.AddAsync("Plan");
        await using var line = new SlowLine(shared.Lab.Address, TimeSpan.Zero);
        var page = await PageAsync(line);
        await board.OpenAsync(page, "hilde");
        var held = await TakeAsync(page, block.Id, 120, 80);

        line.Cut();
        await page.Mouse.MoveAsync(400, 400, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await Assertions.Expect(page.GetByText("The line to the lab is down")).ToBeVisibleAsync();
        var dropped = (await Board.ShownAsync(page))[block.Id];
        line.Mend();

        await Assertions.Expect(page.GetByText("The line to the lab is down")).ToBeHiddenAsync();
        await board.AgreeAsync(page);
        Assert.Equal(dropped, (await board.StoredAsync())[block.Id]);
        Assert.NotEqual(held, dropped);
    }

    [Fact]
    public async Task A_node_released_outside_the_window_is_dropped_where_it_was_seen_last()
    {
        var board = await Board.MakeAsync(shared.Lab, "helen");
        var block = await board.AddAsync("Plan");
        var page = await PageAsync(shared.Lab);
        await board.OpenAsync(page, "helen");
        await TakeAsync(page, block.Id, 60, 40);

        await page.Mouse.MoveAsync(-300, -200, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await board.AgreeAsync(page);
        var dropped = (await board.StoredAsync())[block.Id];
        await page.Mouse.MoveAsync(300, 300, new() { Steps = 5 });
        await board.AgreeAsync(page);
        Assert.Equal(dropped, (await board.StoredAsync())[block.Id]);
        Assert.True(dropped.X < 0);
    }

    /// <summary>Takes a node by its title and moves it, without letting go; where it is seen then.</summary>
    private static async Task<(double X, double Y)> TakeAsync(IPage page, string id, float dx, float dy)
    {
        var before = (await Board.ShownAsync(page))[id];
        var (x, y) = await Board.HandleAsync(page, id);
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x + dx, y + dy, new() { Steps = 5 });
        return await Eventually.Value(async () => (await Board.ShownAsync(page))[id], place => place != before, "the node follows the hand");
    }

    /// <summary>All frames that the page sends from now on.</summary>
    private static async Task<FrameLog> SentAsync(IPage page)
    {
        var browser = await page.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("Network.enable");
        var log = new FrameLog();
        browser.Event("Network.webSocketFrameSent").OnEvent += (_, args) => log.Add(Encoding.Latin1.GetString(Convert.FromBase64String(args!.Value.GetProperty("response").GetProperty("payloadData").GetString()!)));
        return log;
    }

    /// <summary>What is neither a ping nor the receipt of something drawn.</summary>
    private static IEnumerable<string> Deeds(FrameLog sent) =>
        sent.All().Where(frame => frame.Length > 4 && !frame.Contains("OnRenderCompleted", StringComparison.Ordinal) && !frame.Contains("EndInvokeJSFromDotNet", StringComparison.Ordinal));

    private sealed class FrameLog
    {
        private readonly List<string> _frames = [];

        public void Add(string frame)
        {
            lock (_frames)
                _frames.Add(frame);
        }

        public List<string> All()
        {
            lock (_frames)
                return [.. _frames];
        }

        public void Clear()
        {
            lock (_frames)
                _frames.Clear();
        }
    }
}
