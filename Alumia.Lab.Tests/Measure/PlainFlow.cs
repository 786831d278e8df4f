using System.Net.WebSockets;
using System.Text.Json;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Measure;

/// <summary>The React Flow page of <c>measure/canvas/reactflow</c>, with a server of a few lines that gives it its graph and streams lines to it.</summary>
internal sealed class PlainFlow : ISubject
{
    private readonly WebApplication _server;
    private readonly SampleGraph _graph;
    private readonly Point _size;

    private PlainFlow(WebApplication server, SampleGraph graph, Point size) => (_server, _graph, _size) = (server, graph, size);

    /// <summary>The page's files, once bundled.</summary>
    public static string Bundle { get; } = System.IO.Path.Combine(Repository.Root, "measure", "canvas", "reactflow", "dist");

    public string Name => "React Flow";

    public Uri Address => new(_server.Urls.First());

    public string Path => $"/?width={_size.X}&height={_size.Y}";

    public Anatomy Anatomy => new(".react-flow", ".react-flow__viewport", ".react-flow__pane", ".react-flow__node", ".react-flow__node-agent", ".react-flow__edge-path", ".no-such-view",
        string.Join(", ", _graph.Streaming.Select(node => $".react-flow__node[data-id=\"{node.Number}\"]")));

    /// <summary>Starts it with a canvas of this size.</summary>
    public static async Task<PlainFlow> StartAsync(SampleGraph graph, Point size)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddResponseCompression();
        var server = builder.Build();
        var flow = new PlainFlow(server, graph, size);
        server.UseResponseCompression();
        server.UseWebSockets();
        server.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(Bundle) });
        server.MapGet("/graph", flow.Graph);
        server.MapGet("/stream", flow.StreamAsync);
        await server.StartAsync();
        return flow;
    }

    public Task EnterAsync(IPage page) => Task.CompletedTask;

    // Each page asks for its stream itself.
    public Task StartStreamingAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private IResult Graph() => Results.Json(new
    {
        nodes = _graph.Nodes.Select(node => new
        {
            id = $"{node.Number}",
            type = node.IsDocument ? "document" : "agent",
            position = new { x = node.X, y = node.Y },
            data = node.IsDocument
                ? (object)new { name = node.Name, paragraphs = SampleGraph.Paragraphs }
                : new { name = node.Name, status = "idle", line = $"Answer {node.Number}." },
        }),
        edges = _graph.Nodes.Where(node => node.IsDocument).Select(node => new { id = $"e{node.Number}", source = $"{node.Maker}", target = $"{node.Number}" }),
    });

    // Compressed, as the lab's line is.
    private async Task StreamAsync(HttpContext context, IHostApplicationLifetime lifetime)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = true });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        // One node after the other, so that each changes ten times a second: agents do not speak in time.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100.0 / _graph.Streaming.Count));
        try
        {
            for (var i = 0; await timer.WaitForNextTickAsync(end.Token); i++)
            {
                var node = _graph.Streaming[i % _graph.Streaming.Count];
                var words = Enumerable.Range(i / _graph.Streaming.Count, 12).Select(number => $"word{number % 100}");
                await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { id = $"{node.Number}", line = string.Join(' ', words) }), WebSocketMessageType.Text, true, end.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The page is closed.
        }
    }
}
