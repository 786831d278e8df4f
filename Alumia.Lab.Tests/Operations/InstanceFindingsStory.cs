using System.Text.RegularExpressions;
using Alumia.Lab.Accounts;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Operations;

/// <summary>The administrator's page names what this instance lacks, each with what to do about it.</summary>
public sealed class InstanceFindingsStory(Browsers browsers) : Story(browsers)
{
    [Fact]
    public async Task An_administrator_reads_what_is_not_configured_and_what_the_machine_lacks()
    {
        var lab = await LabAsync(new LabHostOptions
        {
            Settings = new Dictionary<string, string?>
            {
                ["Administrators:0"] = "root@example.com",
                ["Lab:PublicUrl"] = "http://127.0.0.1:9",
                ["Stripe:SecretKey"] = "sk_test_of_nobody",
                ["Tools:Browser:NoSandbox"] = "true",
                ["Tools:Browser:Chromium"] = "/none/chromium",
            },
        });
        var page = await PageAsync(lab);
        await page.GotoAsync(new Uri(lab.Services.GetRequiredService<Administrators>().SetupLink("root@example.com")).PathAndQuery);
        await page.GetByLabel("Your name").FillAsync("Root");
        await page.GetByLabel("Password").FillAsync("correct horse");
        await page.GetByLabel("Organization").FillAsync("Ops");
        await page.GetByLabel("Its address").FillAsync("ops");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the account" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/lab$"));
        await page.GotoAsync("/admin");

        var findings = page.GetByRole(AriaRole.Listitem);
        string[] all = ["http://127.0.0.1:9 does not answer from here", "Agents cannot browse. The browser is off: there is no Chromium at /none/chromium", "Stripe's webhooks are refused. Set Stripe:WebhookSecret", "Forgotten passwords send no mail. Set Smtp:Host"];
        foreach (var finding in all)
            await Assertions.Expect(findings.Filter(new() { HasText = finding })).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Accounts" })).ToBeVisibleAsync();
    }
}
