using Alumia.Lab.Browser;
using Alumia.Lab.Outbound;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Browser;

/// <summary>A lab whose browser may open these places of the tests, and its tools, called without a turn around them.</summary>
internal sealed class BrowserBench : IAsyncDisposable
{
    private readonly Bench _bench;

    private BrowserBench(Bench bench) => _bench = bench;

    public Bench Bench => _bench;

    public BrowserSessions Sessions => _bench.Lab.Services.GetRequiredService<BrowserSessions>();

    public bool IsRunning => _bench.Lab.Services.GetRequiredService<BrowserHost>().IsRunning;

    public OutboundProxy Proxy => _bench.Lab.Services.GetRequiredService<OutboundProxy>();

    /// <summary>Settings that let the browser run here, and go to these places.</summary>
    public static Dictionary<string, string?> Settings(params IEnumerable<string> places)
    {
        var settings = new Dictionary<string, string?> { ["Tools:Browser:NoSandbox"] = "true", ["Tools:Browser:Chromium"] = Parts.Need(Part.Chromium) };
        foreach (var place in places)
            settings[$"Outbound:Allow:{settings.Count - 2}"] = place;
        return settings;
    }

    public static async Task<BrowserBench> StartAsync(IEnumerable<string> places, params (string Key, string Value)[] more)
    {
        var settings = Settings(places);
        foreach (var (key, value) in more)
            settings[key] = value;
        return new BrowserBench(await Bench.OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = settings })));
    }

    /// <summary>A session of its own, to call tools in.</summary>
    public async Task<ToolContext> NewAsync() =>
        new(_bench.Scope.OrgId, _bench.Project.Id, await _bench.NewSessionAsync(), _bench.Ala.Id, "trn_1", _bench.Scope.UserId);

    public Task<ToolAnswer> CallAsync(ToolContext by, string tool, object arguments) => Tool(tool).CallAsync(arguments, by);

    public Task<ToolAnswer> CallUntilAsync(ToolContext by, string tool, object arguments, CancellationToken cancellation) => Tool(tool).CallUntilAsync(arguments, by, cancellation);

    /// <summary>The reference of the element that a snapshot's line with this text has.</summary>
    public static string Ref(string snapshot, string text)
    {
        var line = snapshot.Split('\n').FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal) && line.Contains("[ref=", StringComparison.Ordinal));
        Assert.True(line is not null, $"no element \"{text}\" in:\n{snapshot}");
        return System.Text.RegularExpressions.Regex.Match(line, @"\[ref=(\w+)\]").Groups[1].Value;
    }

    private ITool Tool(string name) => _bench.Lab.Services.GetServices<ITool>().Single(each => each.Name == name);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();
}
