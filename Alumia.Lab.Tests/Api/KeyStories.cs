using System.Net;
using System.Text;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Api;

/// <summary>Keys as people make and end them in the settings.</summary>
public sealed class KeyStories(Browsers browsers) : Story(browsers)
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_its_dialog_is_closed_a_key_is_in_no_page_answer_log_or_database()
    {
        var log = new StringBuilder();
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Services = services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new TextLog(log))) });
        await People.FoundAsync(lab, "kira");
        var page = await PageAsync(lab);
        await People.SignInAsync(page, "kira");
        await page.GotoAsync("/kira/settings?tab=api-keys");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create key", Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Label").FillAsync("secret");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create key", Exact = true }).ClickAsync();
        var key = await dialog.GetByLabel("The key").InputValueAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        Assert.Equal(HttpStatusCode.OK, await CallAsync(key, lab));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(key, lab, "another"));

        var pages = new StringBuilder(await page.ContentAsync());
        foreach (var address in new[] { "/kira/settings?tab=api-keys", "/kira/settings?tab=audit", "/kira/troubleshooting" })
        {
            await page.GotoAsync(address);
            await Assertions.Expect(page.GetByText(key[..12]).First).ToBeVisibleAsync();
            pages.Append(await page.ContentAsync());
        }
        using var client = Client(key, lab, "kira");
        pages.Append(await client.GetStringAsync("/api/v1/api-keys", Ended));
        await page.CloseAsync();
        var body = key[12..];
        Assert.DoesNotContain(body, pages.ToString(), StringComparison.Ordinal);
        lock (log)
            Assert.DoesNotContain(body, log.ToString(), StringComparison.Ordinal);
        var files = Directory.GetFiles(lab.Folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain(body, await reader.ReadToEndAsync(Ended), StringComparison.Ordinal);
        }
    }

    private static async Task<HttpStatusCode> CallAsync(string key, LabHost lab, string org = "kira")
    {
        using var client = Client(key, lab, org);
        using var answer = await client.GetAsync("/api/v1/api-keys", Ended);
        return answer.StatusCode;
    }

    private static HttpClient Client(string key, LabHost lab, string org)
    {
        var client = lab.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        client.DefaultRequestHeaders.Add("X-Alumia-Org", org);
        return client;
    }
}
