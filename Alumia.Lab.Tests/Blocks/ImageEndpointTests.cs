using System.Net;
using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Blocks;

public sealed class ImageEndpointTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private const string Hostile = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    private static readonly byte[] _png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    private static CancellationToken Gone => TestContext.Current.CancellationToken;

    private BlockShelf Shelf => shared.Lab.Services.GetRequiredService<BlockShelf>();

    [Fact]
    public async Task An_image_comes_with_its_type_locked_up_and_each_version_for_good()
    {
        var owner = await People.FoundAsync(shared.Lab, "pictures");
        var project = await ProjectAsync(owner, ProjectVisibility.Team);
        var block = await Shelf.CreateAsync(owner, project, BlockKind.Image, "Dot", Image("image/svg+xml", System.Text.Encoding.UTF8.GetBytes(Hostile)), Gone);
        await Shelf.EditAsync(owner, block.Id, 1, "Dot", Image("image/png", _png), Gone);
        using var client = await People.BrowseAsync(shared.Lab, "pictures");

        using var first = await client.GetAsync($"/pictures/blocks/{block.Id}/image?v=1", Gone);
        Assert.Equal((HttpStatusCode.OK, "image/svg+xml"), (first.StatusCode, first.Content.Headers.ContentType?.MediaType));
        Assert.Equal(Hostile, await first.Content.ReadAsStringAsync(Gone));
        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'; sandbox", Assert.Single(first.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(first.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(first.Headers.CacheControl is { Private: true, MaxAge.TotalDays: > 300 });

        using var newest = await client.GetAsync($"/pictures/blocks/{block.Id}/image", Gone);
        Assert.Equal("image/png", newest.Content.Headers.ContentType?.MediaType);
        Assert.Equal(_png, await newest.Content.ReadAsByteArrayAsync(Gone));
        Assert.True(newest.Headers.CacheControl is { Private: true, NoCache: true });
    }

    [Fact]
    public async Task What_is_not_there_or_not_for_this_person_is_404()
    {
        var owner = await People.FoundAsync(shared.Lab, "gallery");
        await People.JoinAsync(shared.Lab, owner, "gallery-member", OrgRole.Member);
        await People.FoundAsync(shared.Lab, "gallery-other");
        var project = await ProjectAsync(owner, ProjectVisibility.Private);
        var image = await Shelf.CreateAsync(owner, project, BlockKind.Image, "Dot", Image("image/png", _png), Gone);
        var document = await Shelf.CreateAsync(owner, project, BlockKind.Document, "Tea", "One", Gone);
        var address = $"/gallery/blocks/{image.Id}/image";
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("gallery", address));
        foreach (var missing in new[] { $"{address}?v=2", "/gallery/blocks/blk_none/image", $"/gallery/blocks/{document.Id}/image" })
            Assert.Equal((missing, HttpStatusCode.NotFound), (missing, await StatusAsync("gallery", missing)));
        foreach (var who in new[] { "gallery-member", "gallery-other" })
            Assert.Equal((who, HttpStatusCode.NotFound), (who, await StatusAsync(who, address)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("gallery-other", $"/gallery-other/blocks/{image.Id}/image"));
        await Shelf.DeleteAsync(owner, [image.Id], Gone);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("gallery", address));
    }

    private static string Image(string mediaType, byte[] bytes) => new ImageContent(mediaType, "A dot", Convert.ToBase64String(bytes)).ToJson();

    private async Task<string> ProjectAsync(OrgScope owner, ProjectVisibility visibility) =>
        (await shared.Lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(owner, new ProjectEdit("Images") { Visibility = visibility }, Gone)).Id;

    private async Task<HttpStatusCode> StatusAsync(string who, string address)
    {
        using var client = await People.BrowseAsync(shared.Lab, who);
        using var answer = await client.GetAsync(address, Gone);
        return answer.StatusCode;
    }
}
