using System.Net;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Sharing;

/// <summary>How many visitors one address may be.</summary>
public sealed class VisitorSeatsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_address_has_so_many_pages_open_and_a_page_that_goes_makes_room()
    {
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Settings = new Dictionary<string, string?> { ["Sharing:MaxVisitorsPerAddress"] = "2" } });
        var share = await (await Shares.MakeAsync(lab, "sepp")).OnAsync();
        await share.IdleAsync(await share.SayAsync("Hello [[say Welcome in]]"));
        using var client = lab.Client();
        await using var first = await Visitor.OpenAsync(lab, share.Path);
        await first.SeesAsync("Welcome in");
        var html = first.Html;
        await using (var second = await Visitor.OpenAsync(lab, share.Path))
        {
            await second.SeesAsync("Welcome in");
            using var full = await client.GetAsync(share.Path, Ct);
            Assert.Equal(HttpStatusCode.TooManyRequests, full.StatusCode);
            Assert.Contains("Too many pages are open", await full.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            // Who kept a page from before gets no further with it.
            await using var third = await Visitor.WithAsync(lab, share.Path, html);
            await third.SeesAsync("Too many pages are open");
            Assert.DoesNotContain("Welcome in", third.All(), StringComparison.Ordinal);
        }
        await Eventually.Equal(HttpStatusCode.OK, () => client.GetAsync(share.Path, Ct).GetAwaiter().GetResult().StatusCode);
    }
}
