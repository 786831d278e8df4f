using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Api;

/// <summary>Whatever is wrong with a call, its answer is the envelope, with the status and code that tell what it is.</summary>
public sealed class EnvelopeTests(EnvelopeTests.OnesLab shared) : IClassFixture<EnvelopeTests.OnesLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "projects", "{ not json", 400, "BAD_REQUEST")]
    [InlineData("POST", "projects", "", 400, "BAD_REQUEST")]
    [InlineData("POST", "projects", "null", 400, "BAD_REQUEST")]
    [InlineData("POST", "projects", "[]", 400, "BAD_REQUEST")]
    [InlineData("POST", "projects", """{"name":5}""", 400, "BAD_REQUEST")]
    [InlineData("POST", "projects", """{"name":"x","isArchived":"no"}""", 400, "BAD_REQUEST")]
    [InlineData("POST", "projects", """{"name":"a\u0000b"}""", 400, "BAD_REQUEST")]
    [InlineData("POST", "projects", """{"name":"a\ud800b"}""", 400, "BAD_REQUEST")]
    [InlineData("PATCH", "blocks/blk_x", """{"baseVersion":1.5}""", 400, "BAD_REQUEST")]
    [InlineData("PATCH", "blocks/blk_x", """{"baseVersion":"1"}""", 400, "BAD_REQUEST")]
    [InlineData("POST", "projects", "{}", 422, "VALIDATION_ERROR", "name")]
    [InlineData("POST", "projects", """{"name":"x","tags":[null]}""", 422, "VALIDATION_ERROR", "tags")]
    [InlineData("POST", "sessions", "{}", 422, "VALIDATION_ERROR", "projectId")]
    [InlineData("GET", "projects?limit=abc", null, 422, "VALIDATION_ERROR", "limit")]
    [InlineData("GET", "projects?archived=perhaps", null, 422, "VALIDATION_ERROR", "archived")]
    [InlineData("GET", "projects?limit=-1", null, 422, "VALIDATION_ERROR", "limit")]
    [InlineData("GET", "projects?search=a%00b", null, 422, "VALIDATION_ERROR", "query")]
    [InlineData("GET", "projects/nothing", null, 404, "NOT_FOUND")]
    [InlineData("GET", "nothing", null, 404, "NOT_FOUND")]
    [InlineData("GET", "blocks/blk_x/versions/abc", null, 404, "NOT_FOUND")]
    [InlineData("PUT", "projects", "{}", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("DELETE", "projects", null, 405, "METHOD_NOT_ALLOWED")]
    public async Task What_is_wrong_is_told_in_the_envelope(string method, string address, string? body, int status, string code, string? field = null)
    {
        using var client = await shared.ClientAsync();
        var (answered, told) = await client.SendAsync(new HttpMethod(method), address, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));
        AssertEnvelope(told, code, field);
        Assert.Equal(status, answered);
    }

    [Fact]
    public async Task A_body_of_another_kind_is_415_and_one_over_128_KB_is_413_with_or_without_a_length()
    {
        using var client = await shared.ClientAsync();
        var (status, told) = await client.SendAsync(HttpMethod.Post, "projects", new StringContent("name=x", Encoding.UTF8, "text/plain"));
        AssertEnvelope(told, "UNSUPPORTED_MEDIA_TYPE");
        Assert.Equal(415, status);
        foreach (var isChunked in new[] { false, true })
        {
            (status, told) = await client.SendAsync(HttpMethod.Post, "projects", new SizedBody(JsonSerializer.Serialize(new { name = new string('x', 128 * 1024) }), isChunked));
            AssertEnvelope(told, "PAYLOAD_TOO_LARGE");
            Assert.Equal(413, status);
            (status, told) = await client.SendAsync(HttpMethod.Post, "projects", new SizedBody(JsonSerializer.Serialize(new { name = new string('x', 127 * 1024) }), isChunked));
            AssertEnvelope(told, "VALIDATION_ERROR", "name");
            Assert.Equal(422, status);
        }
    }

    [Fact]
    public async Task A_POST_that_says_no_length_is_411()
    {
        using var line = new TcpClient();
        await line.ConnectAsync(shared.Lab.Address.Host, shared.Lab.Address.Port, Ended);
        await using var stream = line.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/v1/projects HTTP/1.1\r\nHost: lab\r\nAuthorization: Bearer {await shared.SecretAsync()}\r\nX-Alumia-Org: ones\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"), Ended);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Ended);
        Assert.StartsWith("HTTP/1.1 411 ", answer, StringComparison.Ordinal);
        Assert.Contains("{\"error\":{\"code\":\"LENGTH_REQUIRED\",\"message\":\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_405_names_the_methods_that_are_taken()
    {
        using var client = shared.Lab.Client();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/projects") { Headers = { Authorization = new("Bearer", await shared.SecretAsync()) } };
        request.Headers.Add("X-Alumia-Org", "ones");
        using var answer = await client.SendAsync(request, Ended);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Superset(new HashSet<string> { "GET", "POST" }, answer.Content.Headers.Allow.ToHashSet());
    }

    private static void AssertEnvelope(JsonElement told, string code, string? field = null)
    {
        Assert.Equal(["error"], told.EnumerateObject().Select(property => property.Name));
        var error = told.GetProperty("error");
        Assert.Equal(field is null ? ["code", "message"] : ["code", "message", "fields"], error.EnumerateObject().Select(property => property.Name));
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        if (field is not null)
            Assert.Equal(field, error.GetProperty("fields")[0].GetProperty("field").GetString());
        Assert.DoesNotContain("   at ", told.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>A JSON body that says its length, or comes in chunks.</summary>
    private sealed class SizedBody : HttpContent
    {
        private readonly byte[] _bytes;
        private readonly bool _isChunked;

        public SizedBody(string json, bool isChunked)
        {
            (_bytes, _isChunked) = (Encoding.UTF8.GetBytes(json), isChunked);
            Headers.ContentType = new("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(_bytes, 0, _bytes.Length);

        protected override bool TryComputeLength(out long length)
        {
            length = _bytes.Length;
            return !_isChunked;
        }
    }

    /// <summary>A lab with one person, whose org is "ones".</summary>
    public sealed class OnesLab : SharedLab
    {
        private OrgScope? _one;

        internal async Task<ApiClient> ClientAsync() => await ApiClient.OfAsync(Lab, await OneAsync());

        public async Task<string> SecretAsync() => (await Lab.Services.GetRequiredService<ApiKeys>().CreateAsync(await OneAsync(), "raw", KeyScopes.All, null, Ended)).Secret;

        private async Task<OrgScope> OneAsync() => _one ??= await People.FoundAsync(Lab, "ones");
    }
}
