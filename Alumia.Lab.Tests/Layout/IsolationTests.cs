using System.Net;
using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Layout;

/// <summary>Nobody sees what is another org's, by whatever page there is: the routes are read from the lab itself.</summary>
public sealed class IsolationTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private string _block = "none";
    private string _session = "none";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    [Fact]
    public async Task Every_page_of_an_org_is_404_to_a_member_of_another_and_asks_strangers_to_sign_in()
    {
        var mine = await People.FoundAsync(Lab, "pages-mine");
        await People.FoundAsync(Lab, "pages-other");
        var project = (await Lab.Services.GetRequiredService<ProjectDirectory>().IdsAsync(mine, Ct))[0];
        var image = new ImageContent("image/svg+xml", "A dot", Convert.ToBase64String("<svg xmlns='http://www.w3.org/2000/svg'/>"u8)).ToJson();
        _block = (await Lab.Services.GetRequiredService<BlockShelf>().CreateAsync(mine, project, BlockKind.Image, "Dot", image, Ct)).Id;
        _session = await SessionWithFileAsync(mine, project);
        using var member = await People.BrowseAsync(Lab, "pages-mine");
        using var other = await People.BrowseAsync(Lab, "pages-other");
        using var stranger = People.Anybody(Lab);
        var pages = PagesOf(mine.OrgSlug, project);
        Assert.True(pages.Count >= 6, string.Join(' ', pages));
        foreach (var page in pages)
        {
            Assert.Equal((page, HttpStatusCode.OK), (page, await StatusAsync(member, page)));
            Assert.Equal((page, HttpStatusCode.NotFound), (page, await StatusAsync(other, page)));
            using var answer = await stranger.GetAsync(page, Ct);
            Assert.Equal((page, HttpStatusCode.Redirect), (page, answer.StatusCode));
            Assert.EndsWith("/sign-in?returnUrl=" + Uri.EscapeDataString(page), answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
        // An org that does not exist answers no otherwise.
        foreach (var page in PagesOf("no-such-org", project))
            Assert.Equal((page, HttpStatusCode.NotFound), (page, await StatusAsync(other, page)));
        // Nor does one's own org with a project, a block or a session of another's.
        foreach (var page in PagesOf("pages-other", project).Where(page => page.Contains(project, StringComparison.Ordinal) || page.Contains(_block, StringComparison.Ordinal) || page.Contains(_session, StringComparison.Ordinal)))
            Assert.Equal((page, HttpStatusCode.NotFound), (page, await StatusAsync(other, page)));
    }

    [Fact]
    public async Task The_pages_of_a_private_project_are_open_to_its_maker_and_the_orgs_owners_and_admins_alone()
    {
        var owner = await People.FoundAsync(Lab, "private-owner");
        await People.JoinAsync(Lab, owner, "private-admin", OrgRole.Admin);
        var maker = await People.JoinAsync(Lab, owner, "private-maker", OrgRole.Member);
        await People.JoinAsync(Lab, owner, "private-member", OrgRole.Member);
        await People.JoinAsync(Lab, owner, "private-viewer", OrgRole.Viewer);
        var project = await Lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(maker, new ProjectEdit("Mine") { Visibility = ProjectVisibility.Private }, Ct);
        _session = await SessionWithFileAsync(maker, project.Id);
        var pages = PagesOf(owner.OrgSlug, project.Id).Where(page => page.Contains(project.Id, StringComparison.Ordinal) || page.Contains(_session, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(pages);
        foreach (var (name, status) in new[]
        {
            ("private-owner", HttpStatusCode.OK), ("private-admin", HttpStatusCode.OK), ("private-maker", HttpStatusCode.OK),
            ("private-member", HttpStatusCode.NotFound), ("private-viewer", HttpStatusCode.NotFound),
        })
        {
            using var client = await People.BrowseAsync(Lab, name);
            foreach (var page in pages)
                Assert.Equal((name, page, status), (name, page, await StatusAsync(client, page)));
        }
    }

    private async Task<string> SessionWithFileAsync(OrgScope scope, string project)
    {
        var ala = await Lab.Services.GetRequiredService<AgentDirectory>().FindAsync(scope, Agent.AlaSlug, Ct);
        var session = (await Lab.Services.GetRequiredService<Conversations>().CreateAsync(scope, project, ala.Id, cancellation: Ct)).Id;
        using var note = new MemoryStream("A note"u8.ToArray());
        await Lab.Services.GetRequiredService<SessionFiles>().SaveAsync(scope, session, "note.txt", note, Ct);
        return session;
    }

    /// <summary>The addresses of all that the lab serves to browsers under an org.</summary>
    private List<string> PagesOf(string slug, string project) =>
    [
        .. Lab.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.Parameters.Any(parameter => parameter.Name == "OrgSlug"))
            .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is null or { HttpMethods: [] } || endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("GET"))
            .Select(endpoint => Fill(endpoint.RoutePattern, slug, project)).Distinct(),
    ];

    private string Fill(RoutePattern pattern, string slug, string project) => string.Concat(pattern.PathSegments.Select(segment => "/" + string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart { Name: "OrgSlug" } => slug,
        RoutePatternParameterPart { Name: "ProjectId" } => project,
        RoutePatternParameterPart { Name: "AgentSlug" } => "ala",
        RoutePatternParameterPart { Name: "BlockId" } => _block,
        RoutePatternParameterPart { Name: "SessionId" } => _session,
        RoutePatternParameterPart { Name: "FilePath" } => "note.txt",
        RoutePatternParameterPart parameter => throw new InvalidOperationException($"Say here what stands for {parameter.Name} in {pattern.RawText}."),
        _ => "",
    }))));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address, Ct);
        return answer.StatusCode;
    }
}
