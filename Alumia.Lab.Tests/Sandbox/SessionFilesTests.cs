using System.Net;
using System.Text;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>Who sees a session's files, who changes them, and how they are handed out.</summary>
public sealed class SessionFilesTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private SessionFiles Files => shared.Lab.Services.GetRequiredService<SessionFiles>();

    [Fact]
    public async Task A_file_is_handed_out_as_something_to_keep_and_as_nothing_else()
    {
        var owner = await People.FoundAsync(shared.Lab, "binder");
        var session = await SessionAsync(owner, ProjectVisibility.Team);
        const string Hostile = "<script>alert(1)</script>";
        await SaveAsync(owner, session, "web/page ü.html", Hostile);
        using var client = await People.BrowseAsync(shared.Lab, "binder");

        using var answer = await client.GetAsync($"/binder/sessions/{session}/files/web/page%20%C3%BC.html", Ended);

        Assert.Equal((HttpStatusCode.OK, "application/octet-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(Hostile, await answer.Content.ReadAsStringAsync(Ended));
        Assert.Equal(("attachment", "page ü.html"), (answer.Content.Headers.ContentDisposition?.DispositionType, answer.Content.Headers.ContentDisposition?.FileNameStar));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("default-src 'none'; sandbox", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
    }

    [Fact]
    public async Task What_is_not_there_or_not_for_this_person_is_404()
    {
        var owner = await People.FoundAsync(shared.Lab, "papers");
        await People.JoinAsync(shared.Lab, owner, "papers-member", OrgRole.Member);
        await People.FoundAsync(shared.Lab, "papers-other");
        var session = await SessionAsync(owner, ProjectVisibility.Private);
        await SaveAsync(owner, session, "a.txt", "mine");
        var workspace = shared.Lab.Services.GetRequiredService<Workspaces>().Of(session);
        File.CreateSymbolicLink(Path.Combine(workspace.Root, "link"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(workspace.Root, "folder"), shared.Lab.Folder);
        var address = $"/papers/sessions/{session}/files/a.txt";

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("papers", address));
        foreach (var missing in new[] { "b.txt", "", "link", "folder/lab.db", "..%2f..%2flab.db", "%2e%2e/%2e%2e/lab.db", "a.txt/x" })
            Assert.Equal((missing, HttpStatusCode.NotFound), (missing, await StatusAsync("papers", $"/papers/sessions/{session}/files/{missing}")));
        foreach (var who in new[] { "papers-member", "papers-other" })
            Assert.Equal((who, HttpStatusCode.NotFound), (who, await StatusAsync(who, address)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("papers-other", $"/papers-other/sessions/{session}/files/a.txt"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("papers", "/papers/sessions/ses_none/files/a.txt"));
        using var anybody = People.Anybody(shared.Lab);
        using var answer = await anybody.GetAsync(address, Ended);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        await shared.Lab.Services.GetRequiredService<Conversations>().DeleteAsync(owner, session, Ended);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("papers", address));
    }

    [Fact]
    public async Task Viewers_read_and_change_nothing_and_others_see_nothing()
    {
        var owner = await People.FoundAsync(shared.Lab, "shelf");
        var viewer = await People.JoinAsync(shared.Lab, owner, "shelf-viewer", OrgRole.Viewer);
        var other = await People.FoundAsync(shared.Lab, "shelf-other");
        var session = await SessionAsync(owner, ProjectVisibility.Team);
        await SaveAsync(owner, session, "a.txt", "mine");

        Assert.Equal("a.txt", Assert.Single((await Files.ListAsync(viewer, session, Ended)).Entries).Path);
        Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => SaveAsync(viewer, session, "b.txt", "x"))).Kind);
        Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => Files.DeleteAsync(viewer, session, "a.txt", Ended))).Kind);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => Files.ListAsync(other, session, Ended))).Kind);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => SaveAsync(other, session, "b.txt", "x"))).Kind);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => Files.DeleteAsync(other, session, "a.txt", Ended))).Kind);
        await Files.DeleteAsync(owner, session, "a.txt", Ended);
        Assert.Empty((await Files.ListAsync(owner, session, Ended)).Entries);
    }

    [Fact]
    public async Task A_file_that_does_not_fit_leaves_nothing_behind_and_the_old_one_as_it_was()
    {
        using var bench = new SandboxBench(options => options.DiskMb = 1);
        await bench.WriteAsync("a.txt", "old");

        using var large = new MemoryStream(new byte[2 * 1024 * 1024]);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => bench.Spaces.Of("ses_one").WriteAsync(WorkspacePath.Parse("a.txt"), large, Ended));

        Assert.Equal(RefusalKind.TooLarge, refusal.Kind);
        Assert.Equal("old", bench.Read("a.txt"));
        Assert.Single(bench.Spaces.Of("ses_one").List(WorkspacePath.Parse(""), 10));
    }

    private async Task<string> SessionAsync(OrgScope owner, ProjectVisibility visibility)
    {
        var services = shared.Lab.Services;
        var project = await services.GetRequiredService<ProjectDirectory>().CreateAsync(owner, new ProjectEdit("Files") { Visibility = visibility }, Ended);
        var ala = await services.GetRequiredService<Alumia.Lab.Agents.AgentDirectory>().FindAsync(owner, Alumia.Lab.Agents.Agent.AlaSlug, Ended);
        return (await services.GetRequiredService<Conversations>().CreateAsync(owner, project.Id, ala.Id, cancellation: Ended)).Id;
    }

    private async Task SaveAsync(OrgScope scope, string session, string path, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await Files.SaveAsync(scope, session, path, content, Ended);
    }

    private async Task<HttpStatusCode> StatusAsync(string who, string address)
    {
        using var client = await People.BrowseAsync(shared.Lab, who);
        using var answer = await client.GetAsync(address, Ended);
        return answer.StatusCode;
    }
}
