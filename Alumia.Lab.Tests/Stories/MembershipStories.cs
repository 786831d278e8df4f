using System.Text.RegularExpressions;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>Rights as people meet them in pages that are open.</summary>
public sealed class MembershipStories(Browsers browsers, SharedLab shared) : Story(browsers), IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    [Fact]
    public async Task A_viewer_reads_along_and_cannot_send_until_a_new_role_lets_them()
    {
        var owner = await People.FoundAsync(Lab, "vera");
        var viewer = await People.JoinAsync(Lab, owner, "victor", OrgRole.Viewer);
        var page = await OpenAsync("victor", owner);
        await Assertions.Expect(Demo.Message(page)).ToBeDisabledAsync();
        await Assertions.Expect(Demo.Send(page)).ToBeDisabledAsync();
        await Assertions.Expect(Demo.Message(page)).ToHaveAccessibleDescriptionAsync(new Regex("You are a viewer here"));
        await Assertions.Expect(page.GetByText("You are a viewer here")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".head").GetByText("New chat")).ToHaveCountAsync(1); // The name of the chat, and no button for a new one.

        var writer = await OpenAsync("vera", owner);
        await Demo.SendAsync(writer, "Talk about rivers [[long 2000]] [[pace 40]]");
        await page.GotoAsync(writer.Url);
        await Demo.WordsAsync(page, 3);
        await Demo.StatusAsync(page, "active");
        await Assertions.Expect(Demo.Button(page, "Stop")).ToHaveCountAsync(0);
        await Demo.Button(writer, "Stop").ClickAsync();
        await Demo.StatusAsync(page, "cancelled");
        foreach (var deed in new[] { "Retry", "Edit" })
            await Assertions.Expect(Demo.Button(page, deed)).ToHaveCountAsync(0);

        await Lab.Services.GetRequiredService<Members>().ChangeRoleAsync(owner, viewer.UserId, OrgRole.Member, Ended);
        await Assertions.Expect(Demo.Send(page)).ToBeEnabledAsync();
        await Demo.SendAsync(page, "What did I say first?");
        await Assertions.Expect(Demo.Answer(page)).ToContainTextAsync("Talk about rivers");
    }

    [Fact]
    public async Task An_invitation_is_made_copied_and_joined_and_each_step_stands_in_the_audit()
    {
        var page = await PageAsync(Lab);
        await Demo.EnterAsync(page);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GotoAsync("/demo/settings");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Members" }).ClickAsync();
        await Demo.Button(page, "Invite").ClickAsync();
        await Demo.Button(page, "Make link").ClickAsync();
        var link = await page.GetByLabel("Invitation link").InputValueAsync();
        await Demo.Button(page, "Copy").ClickAsync();
        await Assertions.Expect(Demo.Button(page, "Copied")).ToBeVisibleAsync();
        Assert.Equal(link, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));

        var newcomer = await PageAsync(Lab);
        await newcomer.GotoAsync(link);
        await newcomer.GetByRole(AriaRole.Link, new() { Name = "Make an account" }).ClickAsync();
        await newcomer.GetByLabel("E-mail").FillAsync("newcomer@example.com");
        await newcomer.GetByLabel("Your name").FillAsync("Nora");
        await newcomer.GetByLabel("Password").FillAsync("correct horse battery");
        await Demo.Button(newcomer, "Make the account").ClickAsync();
        await Assertions.Expect(newcomer).ToHaveURLAsync(new Regex("/demo/lab"));

        await Demo.Button(page, "Close").ClickAsync();
        await Assertions.Expect(page.GetByText("newcomer@example.com")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Audit" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Invitation made")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Member joined")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_is_removed_sees_nothing_more_of_a_page_that_is_open()
    {
        var owner = await People.FoundAsync(Lab, "olga");
        var member = await People.JoinAsync(Lab, owner, "boris", OrgRole.Member);
        var page = await OpenAsync("boris", owner);
        await Demo.SendAsync(page, "Talk about rivers [[long 3000]] [[pace 40]]");
        await Demo.WordsAsync(page, 3);
        var removed = System.Diagnostics.Stopwatch.StartNew();
        await Lab.Services.GetRequiredService<Members>().RemoveAsync(owner, member.UserId, Ended);
        await Assertions.Expect(page.GetByText("you are no member of it")).ToBeVisibleAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{removed.ElapsedMilliseconds} ms until the page was gone");
        await Assertions.Expect(page.Locator("section.chat, article")).ToHaveCountAsync(0);
        ExpectError("404");
        var answer = await page.ReloadAsync();
        Assert.Equal(404, answer!.Status);
    }

    [Fact]
    public async Task A_project_that_becomes_private_closes_in_the_pages_of_those_who_may_not_see_it()
    {
        var owner = await People.FoundAsync(Lab, "petra");
        await People.JoinAsync(Lab, owner, "quentin", OrgRole.Member);
        var projects = Lab.Services.GetRequiredService<ProjectDirectory>();
        var project = (await projects.ListAsync(owner, null, false, Ended))[0];
        var page = await OpenAsync("quentin", owner);
        await projects.UpdateAsync(owner, project.Id, ProjectEdit.Of(project) with { Visibility = ProjectVisibility.Private }, Ended);
        await Assertions.Expect(page.GetByText("It was deleted, or it is private now.")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("section.chat")).ToHaveCountAsync(0);
    }

    private async Task<IPage> OpenAsync(string name, OrgScope org)
    {
        var page = await PageAsync(Lab);
        await People.SignInAsync(page, name);
        var project = (await Lab.Services.GetRequiredService<ProjectDirectory>().IdsAsync(org, Ended))[0];
        await page.GotoAsync($"/{org.OrgSlug}/lab/{project}");
        await Assertions.Expect(Demo.Message(page)).ToBeVisibleAsync();
        return page;
    }
}
