using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>An agent writes a script and runs it: the output streams on its node, a table and a chart of the result stand on the canvas, and its files in the panel.</summary>
public sealed class SandboxStory(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    [Fact]
    public async Task A_script_is_written_and_run_and_its_result_stands_on_the_canvas()
    {
        Namespaces.Need();
        var page = await PageAsync(shared.Lab);
        await Demo.EnterSampleProjectAsync(page);
        // The script goes on when the story has seen its first words, by a file that the story uploads.
        await Demo.SendAsync(page, """
            [[tool write_file {"path":"count.sh","content":"printf '\\033[32mtea\\033[0m 3\\n'; until [ -e go.txt ]; do sleep 0.1; done; echo coffee 6"}]] [[tool run_command {"command":"sh count.sh"}]]
            [[tool show_table {"title":"Letters","columns":["Word","Letters"],"rows":[["tea",3],["coffee",6]]}]] [[tool show_chart {"title":"Letters drawn","type":"bar","labels":["tea","coffee"],"series":[{"name":"Letters","values":[3,6]}]}]]
            """);
        var node = page.Locator($".node.agent[data-session='{await Demo.SessionAsync(page)}']");
        await Assertions.Expect(node.GetByLabel("Output", new() { Exact = true })).ToHaveTextAsync("tea 3");
        await Assertions.Expect(node.Locator("[data-call=run_command]")).ToHaveAttributeAsync("data-state", "running");
        await node.Locator("[data-call=run_command]").ClickAsync();
        var inspector = page.GetByRole(AriaRole.Complementary, new() { Name = "Inspector" });
        await Assertions.Expect(inspector.GetByRole(AriaRole.Region, new() { Name = "Output" })).ToContainTextAsync("tea 3");
        await Assertions.Expect(inspector.Locator(".terminal .f2")).ToHaveTextAsync("tea");
        await Assertions.Expect(inspector).ToContainTextAsync("sh count.sh");
        await Demo.Button(page, "Close inspector").ClickAsync();

        await Demo.Button(page, "Files").ClickAsync();
        var files = page.GetByRole(AriaRole.Region, new() { Name = "Files" });
        await Assertions.Expect(files.Locator("li")).ToContainTextAsync(["count.sh"]);
        await files.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "go.txt", MimeType = "text/plain", Buffer = "go"u8.ToArray() });
        await Assertions.Expect(files.Locator("li")).ToContainTextAsync(["count.sh", "go.txt"]);
        await Demo.StatusAsync(page, "idle");

        Assert.Empty((await page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical")
            .SelectMany(violation => violation.Nodes.Select(each => $"{violation.Id}: {each.Html}")));
        var download = await page.RunAndWaitForDownloadAsync(() => files.GetByRole(AriaRole.Link, new() { Name = "Download go.txt" }).ClickAsync());
        Assert.Equal(("go.txt", "go"), (download.SuggestedFilename, await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken)));
        await files.GetByRole(AriaRole.Button, new() { Name = "Attach go.txt" }).ClickAsync();
        await Assertions.Expect(Demo.Message(page)).ToHaveValueAsync("/work/go.txt ");
        await files.GetByRole(AriaRole.Button, new() { Name = "Delete go.txt" }).ClickAsync();
        await files.GetByRole(AriaRole.Button, new() { Name = "Delete go.txt for good" }).ClickAsync();
        await Assertions.Expect(files.Locator("li")).ToHaveCountAsync(1);
        await Demo.Button(page, "Close files").ClickAsync();

        foreach (var title in new[] { "Letters", "Letters drawn" })
            await Assertions.Expect(page.Locator($".node.block[aria-label$=': {title}']")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".chip-box[data-tool=run_command][data-state=done]")).ToHaveCountAsync(1);
        await page.Locator(".chip-box[data-tool=run_command] summary").ClickAsync();
        await Assertions.Expect(page.Locator(".chip-box[data-tool=run_command] .terminal")).ToContainTextAsync("coffee 6");
    }
}
