using System.Globalization;
using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>A project with a canvas in a running lab: what stories put on it, and what they read of it in the database and on screen.</summary>
internal sealed class Board
{
    private readonly IServiceProvider _services;

    private Board(IServiceProvider services, OrgScope owner, Project project) => (_services, Owner, Project) = (services, owner, project);

    public OrgScope Owner { get; }

    public Project Project { get; }

    public string Address => $"/{Owner.OrgSlug}/lab/{Project.Id}";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<Board> MakeAsync(LabHost lab, string owner)
    {
        var scope = await People.FoundAsync(lab, owner);
        return new Board(lab.Services, scope, await lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(scope, new ProjectEdit("Board"), Ended));
    }

    /// <summary>Opens the canvas for a person, and waits until its first view stands.</summary>
    public async Task OpenAsync(IPage page, string person)
    {
        await People.SignInAsync(page, person);
        await page.GotoAsync(Address);
        await Assertions.Expect(Canvas(page)).ToHaveAttributeAsync("data-ready", "true");
        await AgreeAsync(page);
    }

    /// <summary>Adds a document, which has its place at once.</summary>
    public async Task<Block> AddAsync(string title, string content = "text")
    {
        var block = await _services.GetRequiredService<BlockShelf>().CreateAsync(Owner, Project.Id, BlockKind.Document, title, content, Ended);
        await StoredAsync();
        return block;
    }

    public async Task<Session> AddSessionAsync(string label) =>
        await _services.GetRequiredService<Conversations>().CreateAsync(Owner, Project.Id, (await _services.GetRequiredService<AgentDirectory>().ListAsync(Owner, Ended))[0].Id, label: label, cancellation: Ended);

    public Task MoveAsync(string id, double x, double y) =>
        _services.GetRequiredService<CanvasBoard>().MoveAsync(Owner, Project.Id, [new NodeMove(id, x, y)], Ended);

    public Task RewriteAsync(string blockId, int version, string content) =>
        _services.GetRequiredService<BlockShelf>().EditAsync(Owner, blockId, version, "Plan", content, Ended);

    public Task SendAsync(string sessionId, string text) =>
        _services.GetRequiredService<Conversations>().SendAsync(Owner, sessionId, new NewMessage(Guid.NewGuid().ToString("N"), text), Ended);

    public async Task<(double Width, double Height)> SizeAsync(string id) =>
        (await _services.GetRequiredService<CanvasBoard>().ReadAsync(Owner, Project.Id, Ended)).Where(node => node.Id == id).Select(node => (node.Box.Width, node.Box.Height)).Single();

    public async Task<IReadOnlyDictionary<string, (double X, double Y)>> StoredAsync() =>
        (await _services.GetRequiredService<CanvasBoard>().ReadAsync(Owner, Project.Id, Ended)).ToDictionary(node => node.Id, node => (node.Box.X, node.Box.Y));

    public static ILocator Canvas(IPage page) => page.GetByRole(AriaRole.Region, new() { Name = "Canvas", Exact = true });

    public static ILocator Node(IPage page, string id) => page.Locator($".diagram-node[data-node-id='{id}']");

    /// <summary>Where the page shows its nodes, on the canvas's own scale, with what the hand holds.</summary>
    public static async Task<IReadOnlyDictionary<string, (double X, double Y)>> ShownAsync(IPage page) =>
        (await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll(".diagram-node")].map(node => {
              const [dx = 0, dy = 0] = (node.style.translate || "").split(" ").map(part => parseFloat(part) || 0);
              return `${node.dataset.nodeId} ${parseFloat(node.style.left) + dx} ${parseFloat(node.style.top) + dy}`;
            })
            """)).Select(line => line.Split(' ')).ToDictionary(
            parts => parts[0], parts => (double.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture)));

    /// <summary>Waits until these pages and the database have one and the same canvas.</summary>
    public async Task AgreeAsync(params IPage[] pages)
    {
        await Eventually.True(async () =>
        {
            var stored = Lines(await StoredAsync());
            foreach (var page in pages)
            {
                if (Lines(await ShownAsync(page)) != stored)
                    return false;
            }
            return true;
        }, "the pages show what the database has");
    }

    /// <summary>The view as it is painted, once what is on its way has been.</summary>
    public static Task<string> ViewAsync(IPage page) => page.EvaluateAsync<string>(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelector('.diagram-html-layer').style.transform))))");

    /// <summary>The middle of a node's title row, in pixels of the window, once the view has come to rest.</summary>
    public static async Task<(float X, float Y)> HandleAsync(IPage page, string id)
    {
        await Eventually.True(async () => await ViewAsync(page) == await ViewAsync(page), "the view is at rest");
        var box = await Node(page, id).BoundingBoxAsync() ?? throw new InvalidOperationException("The node is not on screen.");
        return (box.X + (box.Width / 3), box.Y + 8);
    }

    private static string Lines(IReadOnlyDictionary<string, (double X, double Y)> places) =>
        string.Join('\n', places.OrderBy(place => place.Key, StringComparer.Ordinal).Select(place => FormattableString.Invariant($"{place.Key} {place.Value.X:0.##} {place.Value.Y:0.##}")));
}
