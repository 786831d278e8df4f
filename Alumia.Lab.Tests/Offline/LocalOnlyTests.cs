using System.Net;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Alumia.Lab.Tests.Offline;

/// <summary>The whole lab: what exists for demonstrations answers 404 to whoever is not at this machine, and in Production to everybody.</summary>
public sealed class LocalOnlyTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static readonly string[] _known = ["/offline", "/OFFLINE", "/offline/switches", "/offline/requests", "/offline/providers/groq/models", "/offline/no-such-thing"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Host", "lab.example.com")]
    [InlineData("Host", "127.0.0.1.example.com")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Who_is_not_at_this_machine_gets_404(string header, string value)
    {
        foreach (var (method, path) in Addresses(shared.Lab))
            Assert.Equal((method, path, HttpStatusCode.NotFound), (method, path, await StatusAsync(shared.Lab, method, path, header, value)));
    }

    [Fact]
    public async Task Who_is_at_this_machine_does_not()
    {
        foreach (var path in _known[..^1])
            Assert.Equal((path, path.EndsWith("/models", StringComparison.Ordinal) ? HttpStatusCode.Unauthorized : HttpStatusCode.OK), (path, // A provider asks for a key.
                await StatusAsync(shared.Lab, HttpMethod.Get, path)));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(shared.Lab, HttpMethod.Post, "/demo-login")); // Its form is asked for.
    }

    [Fact]
    public async Task In_production_nobody_finds_any_of_it()
    {
        var addresses = Addresses(shared.Lab);
        await using var lab = await LabHost.StartAsync(new LabHostOptions
        {
            Environment = Environments.Production,
            Settings = new Dictionary<string, string?> { ["Lab:PublicUrl"] = "https://lab.example.com", ["Offline:Expose"] = "true" },
        });
        foreach (var (method, path) in addresses)
            Assert.Equal((method, path, HttpStatusCode.NotFound), (method, path, await StatusAsync(lab, method, path)));
    }

    /// <summary>The demo login, and all routes of the lab under /offline.</summary>
    private static List<(HttpMethod Method, string Path)> Addresses(LabHost lab)
    {
        var routes = lab.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("offline", StringComparison.Ordinal))
            .Select(endpoint => (
                Method: new HttpMethod(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: [var first, ..] } ? first : "GET"),
                Path: "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => segment.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "groq"))))
            .ToList();
        Assert.True(routes.Count >= 6, string.Join(' ', routes));
        return [(HttpMethod.Post, "/demo-login"), .. _known.Select(path => (HttpMethod.Get, path)), .. routes];
    }

    private static async Task<HttpStatusCode> StatusAsync(LabHost lab, HttpMethod method, string path, string? header = null, string value = "")
    {
        using var client = lab.Client();
        using var request = new HttpRequestMessage(method, path);
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await client.SendAsync(request, Ct);
        return answer.StatusCode;
    }
}
