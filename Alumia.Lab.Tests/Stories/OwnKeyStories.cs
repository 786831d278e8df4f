using System.Text;
using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Models;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>A paid model on the org's own key, as people meet it.</summary>
public sealed class OwnKeyStories(Browsers browsers) : Story(browsers)
{
    private const string Good = "offline-good-Zq7-own-key-Zq7";
    private const string Bad = "offline-bad-Zq7-own-key-Zq7";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refused_key_shows_its_card_a_good_one_lets_the_turn_go_on_and_neither_stands_anywhere()
    {
        var log = new StringBuilder();
        var lab = await LabAsync(new LabHostOptions { Services = services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new TextLog(log))) });
        var bench = await Bench.OfAsync(lab);
        await OwnKeyRouteTests.PutAsync(lab, bench.Scope, "openai", Bad);
        await lab.Services.GetRequiredService<AgentDirectory>().UpdateAsync(bench.Scope, bench.Ala.Id, AgentEdit.Of(bench.Ala) with { ModelId = "openai/gpt-4.1" }, Ended);
        var page = await PageAsync(lab);
        var pages = new StringBuilder();
        await Demo.EnterSampleProjectAsync(page);
        await Demo.SendAsync(page, "Talk about rivers [[long 12]]");
        await Demo.StatusAsync(page, "awaiting_provider");
        var card = page.Locator("section.trouble");
        await Assertions.Expect(card.GetByRole(AriaRole.Heading, new() { Name = "Your OpenAI key was refused" })).ToBeVisibleAsync();
        await card.GetByText("What we know").ClickAsync();
        await Assertions.Expect(card.GetByText("OpenAI, offline-…")).ToBeVisibleAsync();
        foreach (var fix in new[] { "Replace key", "Choose another model", "Remove key" })
            await Assertions.Expect(card.GetByRole(AriaRole.Button, new() { Name = fix, Exact = true })).ToBeVisibleAsync();
        pages.Append(await page.ContentAsync());

        await lab.Services.GetRequiredService<ProviderKeys>().AddAsync(bench.Scope, "openai", Good, Ended);

        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(card).ToHaveCountAsync(0);
        await Assertions.Expect(Demo.Answer(page).Locator(".healed")).ToContainTextAsync("The key was taken, went on by itself");
        Assert.Equal(12, (await Demo.TextAsync(page)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);
        pages.Append(await page.ContentAsync());
        foreach (var address in new[] { "/demo/troubleshooting", "/demo/settings?tab=audit" })
        {
            await page.GotoAsync(address);
            await Assertions.Expect(page.GetByText(address.EndsWith("audit", StringComparison.Ordinal) ? "offline-…" : "Your OpenAI key was refused").First).ToBeVisibleAsync();
            pages.Append(await page.ContentAsync());
        }
        await page.CloseAsync();
        AssertNowhere(lab, pages.ToString(), log);
    }

    [Fact]
    public async Task The_page_about_BYOK_is_open_to_anybody()
    {
        var lab = await LabAsync();
        var page = await PageAsync(lab);
        await page.GotoAsync("/help/byok");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "BYOK", Exact = true, Level = 1 })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Anthropic, Cerebras, DeepSeek")).ToBeVisibleAsync();
    }

    private static void AssertNowhere(LabHost lab, string pages, StringBuilder log)
    {
        const string secret = "Zq7-own-key-Zq7";
        Assert.DoesNotContain(secret, pages, StringComparison.Ordinal);
        lock (log)
            Assert.DoesNotContain(secret, log.ToString(), StringComparison.Ordinal);
        var files = Directory.GetFiles(lab.Folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToList();
        Assert.Contains(files, file => file.EndsWith(".db", StringComparison.Ordinal));
        foreach (var file in files)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain(secret, reader.ReadToEnd(), StringComparison.Ordinal);
        }
    }
}
