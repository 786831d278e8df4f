using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Alumia.Lab.Tests.Sharing;

/// <summary>A visitor of a shared canvas without a browser: it loads the page, begins its circuit as Blazor's script does, takes all that is drawn, and looks at the canvas.</summary>
internal sealed partial class Visitor : IAsyncDisposable
{
    private const int AnObject = 1; // JSCallResultType.JSObjectReference

    private readonly BlazorPack _protocol;
    private readonly HubConnection _connection;
    private readonly ConcurrentQueue<string> _answers = new(); // What the calls of CallAsync came to, as JSON.
    private int _objects;
    private int _calls;
    private int _read;
    private string _all = "";

    private readonly ILab _lab;
    private string _circuit = "";

    private Visitor(ILab lab, BlazorPack protocol, HubConnection connection, string html) => (_lab, _protocol, _connection, Html) = (lab, protocol, connection, html);

    /// <summary>The page as it came.</summary>
    public string Html { get; }

    /// <summary>What the page calls in the browser, by its object's id.</summary>
    public int? Page { get; private set; }

    public static async Task<Visitor> OpenAsync(ILab lab, string path) => await WithAsync(lab, path, await PageAsync(lab, path));

    /// <summary>Begins a circuit with a page that was loaded before.</summary>
    public static async Task<Visitor> WithAsync(ILab lab, string path, string html)
    {
        var protocol = new BlazorPack();
        var builder = new HubConnectionBuilder().WithUrl(new Uri(lab.Address, "/_blazor"));
        builder.Services.RemoveAll<IHubProtocol>();
        builder.Services.AddSingleton<IHubProtocol>(protocol);
        var visitor = new Visitor(lab, protocol, builder.Build(), html);
        visitor.Listen();
        await visitor._connection.StartAsync(Ended);
        visitor._circuit = await visitor._connection.InvokeAsync<string>("StartCircuit", lab.Address.ToString(), new Uri(lab.Address, path).ToString(), "[]", "", Ended);
        Assert.NotEmpty(visitor._circuit);
        await visitor._connection.SendAsync("UpdateRootComponents", Roots(html), "", Ended);
        return visitor;
    }

    /// <summary>Begins a circuit and never reads a byte of what comes.</summary>
    public static async Task<ClientWebSocket> DeafAsync(ILab lab, string path)
    {
        var protocol = new BlazorPack();
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(lab.Address) { Scheme = "ws", Path = "/_blazor" }.Uri, Ended);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, Ended);
        var html = await PageAsync(lab, path);
        foreach (var message in new[]
        {
            new InvocationMessage("1", "StartCircuit", [lab.Address.ToString(), new Uri(lab.Address, path).ToString(), "[]", ""]),
            new InvocationMessage("UpdateRootComponents", [Roots(html), ""]),
        })
            await socket.SendAsync(protocol.GetMessageBytes(message), WebSocketMessageType.Binary, true, Ended);
        return socket;
    }

    /// <summary>All that came over the line so far, as text.</summary>
    public string All()
    {
        lock (_protocol)
        {
            var messages = _protocol.Received.ToArray();
            _all += string.Concat(messages.Skip(_read).Select(Encoding.UTF8.GetString));
            _read = messages.Length;
            return _all;
        }
    }

    /// <summary>Waits until this was drawn.</summary>
    public Task SeesAsync(string text) => Eventually.True(() => All().Contains(text, StringComparison.Ordinal), $"the visitor sees {text}");

    /// <summary>Calls a method of the page as its script would; the answer tells whether it was done.</summary>
    public async Task<string> CallAsync(string method, params object[] arguments)
    {
        await Eventually.True(() => Page is not null, "the canvas is open");
        var id = $"{++_calls}";
        await _connection.SendAsync("BeginInvokeDotNetFromJS", id, null, method, (long)Page!.Value, JsonSerializer.Serialize(arguments), Ended);
        return await Eventually.Value(() => _answers.FirstOrDefault(answer => answer.StartsWith($"{id} ", StringComparison.Ordinal)) ?? "", answer => answer.Length > 0, $"{method} is answered");
    }

    /// <summary>Calls the hub itself.</summary>
    public Task SendAsync(string method, params object?[] arguments) => _connection.SendCoreAsync(method, arguments, Ended);

    /// <summary>Leaves as a browser does that goes elsewhere: the circuit ends at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        using var client = new HttpClient { BaseAddress = _lab.Address };
        using var form = new MultipartFormDataContent { { new StringContent(_circuit), "circuitId" } };
        using var left = await client.PostAsync("/_blazor/disconnect", form, CancellationToken.None);
    }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private static async Task<string> PageAsync(ILab lab, string path)
    {
        using var client = new HttpClient { BaseAddress = lab.Address };
        return await client.GetStringAsync(path, Ended);
    }

    /// <summary>The page's components, as Blazor's script hands them in.</summary>
    private static string Roots(string html) => new JsonObject
    {
        ["batchId"] = 1,
        ["operations"] = new JsonArray([.. Marker().Matches(html).Select((match, index) => new JsonObject
        {
            ["type"] = "add",
            ["ssrComponentId"] = index + 1,
            ["marker"] = JsonNode.Parse(match.Groups["marker"].Value),
        })]),
    }.ToJsonString();

    private void Listen()
    {
        _connection.On<long, byte[]>("JS.RenderBatch", (batch, _) => _connection.SendAsync("OnRenderCompleted", batch, null, Ended));
        _connection.On<long, string, string, int, long, int>("JS.BeginInvokeJS", (handle, identifier, arguments, result, _, _) => AnswerAsync(handle, identifier, arguments, result));
        _connection.On<string, bool, string>("JS.EndInvokeDotNet", (id, isDone, result) => _answers.Enqueue($"{id} {isDone} {result}"));
        _connection.On<int, string>("JS.AttachComponent", (_, _) => { });
        _connection.On<string>("JS.EndUpdateRootComponents", _ => { });
        _connection.On<string>("JS.Error", _ => { });
    }

    /// <summary>As the browser's scripts: whatever is asked for is there; an opened canvas is looked at.</summary>
    private async Task AnswerAsync(long handle, string identifier, string arguments, int resultKind)
    {
        if (handle != 0)
        {
            var result = identifier == "ZBlazorDiagrams.getBoundingClientRect" ? """{"left":0,"top":0,"right":1600,"bottom":1200,"x":0,"y":0,"width":1600,"height":1200}"""
                : resultKind == AnObject ? $"{{\"__jsObjectId\":{++_objects}}}"
                : "null";
            await _connection.SendAsync("EndInvokeJSFromDotNet", handle, true, $"[{handle},true,{result}]", Ended);
        }
        if (identifier == "alumiaCanvas.open")
        {
            Page = int.Parse(DotNetObject().Match(arguments).Groups["id"].Value, System.Globalization.CultureInfo.InvariantCulture);
            await _connection.SendAsync("BeginInvokeDotNetFromJS", "look", null, "Look", (long)Page, "[0,0,0.5,1600,1200]", Ended);
        }
    }

    [GeneratedRegex("<!--Blazor:(?<marker>\\{.*?\\})-->")]
    private static partial Regex Marker();

    [GeneratedRegex("\"__dotNetObject\":(?<id>[0-9]+)")]
    private static partial Regex DotNetObject();
}
