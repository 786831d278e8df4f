using Alumia.Lab.Tests.Canvas;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>"Ask Atlas to ...": a peer appears and both work, envelopes travel, the answer comes back; then they wait for each other, and a person mends it.</summary>
public sealed class PeersStory(Browsers browsers) : Story(browsers)
{
    private readonly TaskCompletionSource _held = new();
    private readonly TaskCompletionSource _heldAgain = new();

    [Fact]
    public async Task A_peer_is_asked_and_answers_and_a_circle_of_waits_is_seen_and_opened()
    {
        // The peer's work lasts until the test has looked.
        var lab = await LabAsync(new LabHostOptions { Services = services => services.AddSingleton<ITool>(new TestTool("hold", _ => HoldAsync(_held))).AddSingleton<ITool>(new TestTool("grip", _ => HoldAsync(_heldAgain))) });
        var page = await PageAsync(lab);
        await Demo.EnterSampleProjectAsync(page);
        await Assertions.Expect(Board.Canvas(page)).ToHaveAttributeAsync("data-ready", "true");
        await Demo.SendAsync(page, "Ask Atlas to use hold");

        await Assertions.Expect(Node(page, "Ala", "awaiting_peer")).ToBeVisibleAsync();
        await Assertions.Expect(Node(page, "Atlas", "active")).ToBeVisibleAsync();
        await Assertions.Expect(Node(page, "Atlas", "active").Locator(".doing")).ToContainTextAsync("hold");
        await Assertions.Expect(page.Locator(".head .status")).ToHaveTextAsync("awaiting peer");
        var (ala, atlas) = (await IdAsync(page, "Ala"), await IdAsync(page, "Atlas"));
        await Assertions.Expect(Edge(page, ala, atlas)).ToHaveAttributeAsync("data-sent", "1");
        await Assertions.Expect(Edge(page, ala, atlas)).ToHaveAttributeAsync("data-travelled", "1");
        await Assertions.Expect(Edge(page, ala, atlas)).ToHaveAttributeAsync("data-state", "waits");

        _held.SetResult();
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("Atlas answered:");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("It held.");
        await Assertions.Expect(Node(page, "Ala", "idle")).ToBeVisibleAsync();
        await Assertions.Expect(Node(page, "Atlas", "idle")).ToBeVisibleAsync();
        await Assertions.Expect(Edge(page, atlas, ala)).ToHaveAttributeAsync("data-travelled", "1");

        // The peer at rest will not answer by itself; then it waits for Ala, and the circle is closed.
        var bench = await Bench.OfAsync(lab);
        await bench.SendAsync(ala, """[[tool check_messages {"from":"Atlas","seconds":600}]] [[say I heard it]]""");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Atlas will not answer by itself" })).ToBeVisibleAsync();
        await Demo.Button(page, "List participants").ClickAsync();
        await Assertions.Expect(Demo.Chat(page).Locator(".said[role=status]")).ToContainTextAsync($"Ala (you) [{ala}]: awaiting_peer, waits for Atlas");
        await bench.SendAsync(atlas, """[[tool check_messages {"from":"Ala","seconds":600}]] [[tool grip {}]] [[say That was it]]""");
        await Assertions.Expect(page.Locator("path.peer[data-state=deadlock]")).ToHaveCountAsync(2);

        // In the peer's own chat a peer's message is not the person's, and the card stands that names the circle.
        await page.Locator($".node.agent[data-session={atlas}]").GetByLabel("Node menu").ClickAsync();
        await page.Locator($".node.agent[data-session={atlas}]").GetByRole(AriaRole.Button, new() { Name = "Open chat" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Message from Ala").First).ToContainTextAsync("From Ala");
        await Assertions.Expect(page.GetByLabel("Message from Ala").First).ToContainTextAsync("use hold");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Agents wait for each other" })).ToBeVisibleAsync();
        await Demo.Button(page, "Follow up").ClickAsync();
        await page.GetByLabel("A message from Atlas to Ala").FillAsync("It is 42");
        await page.Locator(".ask").GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Assertions.Expect(page.Locator("path.peer[data-state=deadlock]")).ToHaveCountAsync(0);
        await Assertions.Expect(Node(page, "Ala", "idle")).ToBeVisibleAsync();
        _heldAgain.SetResult();
        await Assertions.Expect(page.GetByLabel("Message from Ala").Last).ToContainTextAsync("I heard it");
        await Assertions.Expect(Node(page, "Atlas", "idle")).ToBeVisibleAsync();
    }

    private static ILocator Node(IPage page, string agent, string status) =>
        page.Locator($".node.agent[data-status={status}]").Filter(new() { Has = page.Locator(".name", new() { HasTextRegex = new($"^{agent}$") }) });

    private static async Task<string> IdAsync(IPage page, string agent) =>
        (await page.Locator(".node.agent").Filter(new() { Has = page.Locator(".name", new() { HasTextRegex = new($"^{agent}$") }) }).GetAttributeAsync("data-session"))!;

    private static ILocator Edge(IPage page, string from, string to) => page.Locator($"path.peer[data-from={from}][data-to={to}]");

    private static async IAsyncEnumerable<ToolOutput> HoldAsync(TaskCompletionSource held)
    {
        yield return new ToolOutput.Partial("Holding.");
        await held.Task;
        yield return new ToolOutput.Result("It held.");
    }
}
