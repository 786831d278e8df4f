using System.Collections.Concurrent;
using System.Text;
using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>What a model writes is shown and does nothing: no script runs, and no request leaves the lab.</summary>
public sealed class HostileAnswerStory(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private const string Script = "window.__pwned=1";

    private static readonly string _markup = string.Join("\n\n",
        $"<script>{Script}</script><img src=x onerror={Script}><svg onload={Script}></svg><iframe srcdoc='<script>parent.__pwned=1</script>'></iframe>",
        "<style>@import url('https://evil.example/a.css'); body { background: url(https://evil.example/b.png) }</style><base href=https://evil.example/>",
        $"[run](javascript:{Script}) [run](JaVaScRiPt:{Script}) [run](&#106;avascript:{Script}) [run](vbscript:x) <javascript:{Script}>",
        $"[page](data:text/html,<script>opener.__pwned=1</script>) [near](//evil.example/near) [far](https://evil.example/far \"x\" onclick={Script})",
        "![tracked](https://evil.example/track.png) ![tracked](//evil.example/track2.png) [![tracked](https://evil.example/c.png)](https://evil.example/d)",
        $"![drawn](data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes($"<svg xmlns='http://www.w3.org/2000/svg' onload='{Script}'/>"))})",
        $"| a | b |\n|---|---|\n| <img src=x onerror={Script}> | ![cell](https://evil.example/cell.png) |",
        $"```html\n<script>{Script}</script>\n```",
        "The last line of it.");

    [Fact]
    public async Task Html_scripts_links_and_remote_pictures_of_an_answer_and_a_document_run_nothing_and_ask_nothing()
    {
        var (page, watch) = await OpenAsync();
        var document = System.Text.Json.JsonSerializer.Serialize(new { title = $"<img src=x onerror={Script}>", content = _markup });
        // Paced, so that every half of it is drawn on the way too.
        await Demo.SendAsync(page, $"<img src=x onerror={Script}> [[tool show_document {document}]] [[say {_markup}]] [[pace 10]]");
        await Assertions.Expect(Demo.Answer(page).GetByText("The last line of it.", new() { Exact = true })).ToHaveCountAsync(2);
        await Demo.StatusAsync(page, "idle");
        await page.ReloadAsync();
        await Assertions.Expect(Demo.Answer(page).GetByText("The last line of it.", new() { Exact = true })).ToHaveCountAsync(2);
        await watch.AssertHarmlessAsync(page);
        Assert.Equal(0, await page.Locator("section.chat script, section.chat iframe, section.chat img, section.chat style, section.chat base").CountAsync());
    }

    [Fact]
    public async Task A_huge_table_and_a_deep_text_are_shown_and_the_page_still_answers()
    {
        var (page, watch) = await OpenAsync();
        var table = "| n | text |\n|---|---|\n" + string.Concat(Enumerable.Range(1, 2_000).Select(n => $"| {n} | ![x](https://evil.example/{n}.png) |\n"));
        var list = string.Concat(Enumerable.Range(0, 30).Select(depth => $"{new string(' ', 2 * depth)}- level {depth}\n"));
        await Demo.SendLongAsync(page, $"[[say {table}\n\n{list}\n\nThe last line of it.]]");
        await Assertions.Expect(Demo.Answer(page).GetByText("The last line of it.", new() { Exact = true })).ToBeVisibleAsync();
        await Demo.StatusAsync(page, "idle");
        await Assertions.Expect(Demo.Answer(page).GetByText("1,500 more rows are not shown.")).ToBeVisibleAsync();
        await watch.AssertHarmlessAsync(page);
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") <= 0, "the page is wider than its window");
        await Assertions.Expect(Demo.Answer(page).GetByText("level 29", new() { Exact = true })).ToBeVisibleAsync();
        // What is too deep to be drawn is shown as it was written.
        await Demo.SendAsync(page, $"[[say {new string('>', 300)} deep]]");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync(">>> deep");
        await Demo.StatusAsync(page, "idle");
    }

    private async Task<(IPage, Watch)> OpenAsync()
    {
        var page = await PageAsync(shared.Lab);
        var watch = new Watch(page, shared.Lab.Address);
        await Demo.EnterSampleProjectAsync(page);
        return (page, watch);
    }

    /// <summary>Sees every request, dialog and window of a browser.</summary>
    private sealed class Watch
    {
        private readonly ConcurrentQueue<string> _seen = new();

        public Watch(IPage page, Uri lab)
        {
            page.Context.Request += (_, request) =>
            {
                var address = new Uri(request.Url);
                if (address.Scheme is not ("data" or "blob") && address.Authority != lab.Authority)
                    _seen.Enqueue(request.Url);
            };
            page.Popup += (_, popup) => _seen.Enqueue($"window {popup.Url}");
            page.Dialog += async (_, dialog) =>
            {
                _seen.Enqueue($"dialog {dialog.Message}");
                await dialog.DismissAsync();
            };
        }

        public async Task AssertHarmlessAsync(IPage page)
        {
            Assert.Empty(_seen);
            Assert.Equal("undefined", await page.EvaluateAsync<string>("typeof window.__pwned"));
            Assert.Empty(await page.EvaluateAsync<string[]>("""
                [...document.querySelectorAll("section.chat *")].flatMap(element => [...element.attributes]
                  .filter(attribute => attribute.name.startsWith("on") || ["href", "src", "srcset", "action", "formaction", "xlink:href"].includes(attribute.name)
                    && !/^(https?:\/\/|mailto:|\/(?!\/)|#|data:image\/(png|jpeg|gif|webp);)/i.test(attribute.value))
                  .map(attribute => element.tagName + " " + attribute.name + "=" + attribute.value))
                """));
        }
    }
}
