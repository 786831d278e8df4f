using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Organizations;

public sealed class ReservedSlugsTests
{
    [Fact]
    public async Task No_org_can_take_the_first_segment_of_a_route_or_the_name_of_a_root_file()
    {
        await using var lab = await LabHost.StartAsync();
        var routes = lab.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.PathSegments is [{ IsSimple: true } first, ..] && first.Parts[0] is RoutePatternLiteralPart literal ? literal.Content : null);
        var files = lab.Services.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider.GetDirectoryContents("/").Select(file => file.Name);
        var firsts = routes.Concat(files).OfType<string>().Select(first => first.ToLowerInvariant()).Distinct().ToList();
        Assert.Contains("sign-in", firsts);
        // What has a dot or an underscore in it is no slug anyway.
        Assert.DoesNotContain(firsts, first => first.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && !ReservedSlugs.Contain(first));
    }
}
