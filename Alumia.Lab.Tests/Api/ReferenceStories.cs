using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Alumia.Lab.Api;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Api;

/// <summary>The page on which the API is read and tried.</summary>
public sealed partial class ReferenceStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_API_is_read_and_tried_on_its_page_which_asks_nobody_but_the_lab()
    {
        var owner = await People.FoundAsync(shared.Lab, "reta");
        var key = await shared.Lab.Services.GetRequiredService<ApiKeys>().CreateAsync(owner, "page", KeyScopes.All, null, Ended);
        var page = await PageAsync(shared.Lab);
        var asked = new ConcurrentQueue<string>();
        page.Request += (_, request) => asked.Enqueue(request.Url);
        await People.SignInAsync(page, "reta");
        await page.GotoAsync("/reta/settings?tab=api-keys");
        var reference = await page.Context.RunAndWaitForPageAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Read and try the API" }).ClickAsync());
        reference.Request += (_, request) => asked.Enqueue(request.Url);
        await Assertions.Expect(reference.GetByRole(AriaRole.Heading, new() { Name = "Alumia Lab", Exact = true })).ToBeVisibleAsync();
        await reference.GetByPlaceholder("Token", new() { Exact = true }).First.FillAsync(key.Secret);
        await reference.GetByLabel("Value", new() { Exact = false }).First.FillAsync("reta");
        await reference.GetByRole(AriaRole.Button, new() { Name = "agents" }).First.ClickAsync();
        await reference.ScreenshotAsync(new() { Path = "/tmp/restlab/ref1.png" });
        await reference.GetByRole(AriaRole.Link, new() { Name = "Lists the agents" }).First.ClickAsync();
        await reference.GetByRole(AriaRole.Button, new() { NameRegex = TestRequest() }).First.ClickAsync();
        await reference.ScreenshotAsync(new() { Path = "/tmp/restlab/ref2.png" });
        await reference.GetByRole(AriaRole.Button, new() { NameRegex = Send() }).First.ClickAsync();
        await Assertions.Expect(reference.GetByText("\"slug\": \"ala\"").Or(reference.GetByText("ala", new() { Exact = false })).First).ToBeVisibleAsync();
        await reference.ScreenshotAsync(new() { Path = "/tmp/restlab/ref3.png" });
        Assert.All(asked.Where(url => !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith("blob:", StringComparison.Ordinal)), url => Assert.StartsWith(shared.Lab.Address.ToString(), url, StringComparison.Ordinal));
    }

    [GeneratedRegex("^Test Request.*/api/v1/agents\\)?$")]
    private static partial Regex TestRequest();

    [GeneratedRegex("^Send")]
    private static partial Regex Send();
}
