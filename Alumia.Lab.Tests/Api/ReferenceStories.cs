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
        var settings = await PageAsync(shared.Lab);
        await People.SignInAsync(settings, "reta");
        await settings.GotoAsync("/reta/settings?tab=api-keys");
        var address = await settings.GetByRole(AriaRole.Link, new() { Name = "Read and try the API" }).GetAttributeAsync("href");

        // A tab of its own from the start, so that no request and no error of it is missed.
        var page = await PageAsync(settings.Context);
        var asked = new ConcurrentQueue<string>();
        page.Request += (_, request) => asked.Enqueue(request.Url);
        await page.GotoAsync(address!);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Alumia Lab", Exact = true })).ToBeVisibleAsync();
        await page.GetByPlaceholder("Token", new() { Exact = true }).First.FillAsync(key.Secret);
        await page.GetByLabel("Value").First.FillAsync("reta");
        await page.GetByRole(AriaRole.Button, new() { Name = "agents" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Lists the agents" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Test Request (get /api/v1/agents)", Exact = true }).ClickAsync();
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Button, new() { NameRegex = Send() }).First.ClickAsync(),
            response => response.Url.Contains("/api/v1/agents", StringComparison.Ordinal));
        Assert.Equal(200, answer.Status);
        Assert.Contains("\"slug\":\"ala\"", await answer.TextAsync(), StringComparison.Ordinal);
        await Assertions.Expect(page.GetByText("200 OK").First).ToBeVisibleAsync();
        Assert.All(asked.Where(url => !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith("blob:", StringComparison.Ordinal)), url =>
            Assert.StartsWith(shared.Lab.Address.ToString(), url, StringComparison.Ordinal));
    }

    [GeneratedRegex("^Send")]
    private static partial Regex Send();
}
