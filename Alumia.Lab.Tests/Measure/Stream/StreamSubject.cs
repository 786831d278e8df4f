using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Measure.Stream;

/// <summary>A server that answers a chat with fifty tokens, in a process of its own.</summary>
internal sealed partial class StreamSubject(string name, Uri address, Func<string, HttpRequestMessage> ask, IAsyncDisposable process) : IAsyncDisposable
{
    // Built by measure/stream.sh.
    private static readonly string _servers = Path.Combine(Repository.Root, "measure", "stream", "bin", "Release", "net10.0", "Stream.dll");

    public string Name => name;

    public Uri Address => address;

    /// <summary>The process that answers.</summary>
    public IAsyncDisposable Process => process;

    /// <summary>A request that begins a chat with this text.</summary>
    public HttpRequestMessage Ask(string text) => ask(text);

    /// <summary>One of the servers of <c>measure/stream</c>.</summary>
    public static async Task<StreamSubject> ServerAsync(string name, string path, params string[] arguments)
    {
        var process = await ChildProcess.StartAsync("dotnet", [_servers, .. arguments]);
        var line = await Eventually.Value(() => process.HasExited ? Match.Empty : Printed().Match(process.Output), match => match.Success || process.HasExited, $"{name} listens");
        Assert.True(line.Success, process.Output);
        var address = new Uri(line.Groups[1].Value);
        return new StreamSubject(name, address, text => Post(new Uri(address, path), $$"""{"model":"m","stream":true,"messages":[{"role":"user","content":"{{text}}"}]}"""), process);
    }

    /// <summary>The lab, published as it is, whose default model's provider is at this address. Its limits are raised by configuration.</summary>
    public static async Task<StreamSubject> LabAsync(Uri provider)
    {
        var lab = await LabProcess.StartAsync(Settings(provider), isDriven: true);
        using var client = lab.Client();
        return OfLab(lab.Address, await client.GetStringAsync("/driver/key", TestContext.Current.CancellationToken), lab);
    }

    /// <summary>A lab as it is run, whose models are at this provider.</summary>
    public static Dictionary<string, string?> Settings(Uri provider) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["DOTNET_gcServer"] = "1", // As every web server has it; the driver's runtime configuration is the tests'.
        ["DOTNET_TieredPGO"] = null, // As it is run, and as what it is compared with runs.
        ["Providers:groq:BaseAddress"] = new Uri(provider, "/v1").ToString(),
        ["Lab:PublicUrl"] = "http://127.0.0.1",
        ["Providers:groq:ApiKey"] = "measured",
        ["Limits:ChatPerMinute"] = "1000000",
    };

    /// <summary>A lab that runs, for the demo's owner by this key.</summary>
    public static StreamSubject OfLab(Uri address, string key, IAsyncDisposable lab, string words = "") => new(StreamReport.Lab, address, text =>
    {
        var request = Post(new Uri(address, "/api/v1/chat"), $$"""{"messages":[{"id":"{{Guid.NewGuid():N}}","role":"user","parts":[{"type":"text","text":"{{text}}{{words}}"}]}]}""");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Add("X-Alumia-Org", DemoLab.Slug);
        return request;
    }, lab);

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static HttpRequestMessage Post(Uri address, string body) => new(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    [GeneratedRegex(@"Listening at (http://\S+)")]
    private static partial Regex Printed();
}
