using System.Text.Json;
using System.Text.Json.Nodes;
using Alumia.Lab.Sandbox;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Alumia.Lab.Mcp;

/// <summary>A server that is connected: its tools, calls of them, and the news that its list has changed.</summary>
internal sealed class McpConnection : IAsyncDisposable
{
    /// <summary>The first revision of the protocol in which news are asked for.</summary>
    private const string Listens = "2026-07-28";

    private const int MostPages = 50;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private readonly McpClient _client;
    private readonly RunningProgram? _program;
    private readonly Func<ValueTask> _dispose;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _gone = new();
    private Action? _listChanged;
    private bool _isStale;

    public McpConnection(McpClient client, RunningProgram? program, string? key, Func<ValueTask> dispose, TimeProvider clock)
    {
        (_client, _program, Key, _dispose, _clock) = (client, program, key, dispose, clock);
        Ended = EndedAsync();
        client.RegisterNotificationHandler(NotificationMethods.ToolListChangedNotification, (_, _) =>
        {
            Interlocked.Exchange(ref _isStale, true);
            _listChanged?.Invoke();
            return default;
        });
        if (client.ServerCapabilities.Tools?.ListChanged is true && string.CompareOrdinal(client.NegotiatedProtocolVersion, Listens) >= 0)
            _ = ListenAsync();
    }

    /// <summary>The bearer key, which must stand in no message.</summary>
    public string? Key { get; }

    /// <summary>Its tools, as last read.</summary>
    public IReadOnlyList<SeenTool> Tools { get; private set; } = [];

    /// <summary>Tools beyond those that are taken.</summary>
    public int LeftOut { get; private set; }

    /// <summary>When <see cref="Tools"/> were read, in UTC ms.</summary>
    public long ReadAtMs { get; private set; }

    /// <summary>Completes when it has ended, with why, in words for people.</summary>
    public Task<string> Ended { get; }

    /// <summary>Calls back when the server says that its list has changed, also where it has said so already.</summary>
    public void OnListChanged(Action changed)
    {
        _listChanged = changed;
        if (Volatile.Read(ref _isStale))
            changed();
    }

    /// <summary>Reads the list of tools.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        Interlocked.Exchange(ref _isStale, false);
        var (tools, left, typed) = (new Dictionary<string, SeenTool>(), 0, new List<Tool>());
        string? cursor = null;
        for (var page = 0; page < MostPages && (page == 0 || cursor is not null); page++)
        {
            // As JSON: the SDK's form of a tool leaves out how it must be called.
            var result = await AskAsync(RequestMethods.ToolsList, cursor is null ? [] : new JsonObject { ["cursor"] = cursor }, cancellation);
            foreach (var entry in result["tools"] as JsonArray ?? [])
            {
                if (SeenTool.Of(entry) is not { } tool || tools.ContainsKey(tool.Name))
                    continue;
                if (tools.Count == SeenTool.Most)
                {
                    left++;
                    continue;
                }
                tools[tool.Name] = tool;
                if (Typed(entry!) is { } known)
                    typed.Add(known);
            }
            cursor = result["nextCursor"]?.GetValue<string>();
        }
        _client.ClearKnownTools();
        foreach (var tool in typed)
            Learn(tool);
        (Tools, LeftOut, ReadAtMs) = ([.. tools.Values], left, _clock.NowMs());
    }

    /// <summary>Calls a tool; cancelling tells the server so.</summary>
    public async Task<CallToolResult> CallAsync(SeenTool tool, JsonElement arguments, IProgress<ProgressNotificationValue> progress, CancellationToken cancellation)
    {
        if (tool.IsTask)
            return await new McpTaskCall(AskAsync, progress, _clock).RunAsync(tool.Name, arguments, cancellation);
        var token = Guid.NewGuid().ToString("N");
        await using var told = _client.RegisterNotificationHandler(NotificationMethods.ProgressNotification, (notification, _) =>
        {
            if (notification.Params.Deserialize<ProgressNotificationParams>(McpJsonUtilities.DefaultOptions) is { } news && news.ProgressToken.ToString() == token)
                progress.Report(news.Progress);
            return default;
        });
        var request = new JsonRpcRequest
        {
            Id = new RequestId(Guid.NewGuid().ToString("N")), // Named here, so that a cancel can name it too.
            Method = RequestMethods.ToolsCall,
            Params = new JsonObject { ["name"] = tool.Name, ["arguments"] = JsonSerializer.SerializeToNode(arguments), ["_meta"] = new JsonObject { ["progressToken"] = token } },
        };
        try
        {
            var response = await _client.SendRequestAsync(request, cancellation);
            return response.Result.Deserialize<CallToolResult>(McpJsonUtilities.DefaultOptions) ?? throw new McpException("The answer to a call is empty.");
        }
        catch (OperationCanceledException) when (_program is null && string.CompareOrdinal(_client.NegotiatedProtocolVersion, Listens) < 0)
        {
            await TellCancelledAsync(request.Id);
            throw;
        }
    }

    /// <summary>How a program ended, with the last that it said.</summary>
    public static async Task<string> EndOfAsync(RunningProgram program)
    {
        var how = await program.EndedAsync();
        return program.Said.Length == 0 ? how : $"{how}; its last words: {McpFault.Told(program.Said[Math.Max(0, program.Said.Length - 400)..], null)}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_gone.IsCancellationRequested)
            return;
        await _gone.CancelAsync();
        // A server that hangs may hang at the goodbye too.
        var goodbye = _client.DisposeAsync().AsTask();
        await Task.WhenAny(goodbye, Task.Delay(_patience, _clock));
        await _dispose();
        if (goodbye.IsCompleted)
            await goodbye;
    }

    /// <summary>Over HTTP the SDK only hangs up, which until that revision is no cancel.</summary>
    private async Task TellCancelledAsync(RequestId request)
    {
        using var late = new CancellationTokenSource(_patience, _clock);
        try
        {
            var what = new CancelledNotificationParams { RequestId = request, Reason = "Cancelled in the lab." };
            await _client.SendMessageAsync(
                new JsonRpcNotification { Method = NotificationMethods.CancelledNotification, Params = JsonSerializer.SerializeToNode(what, McpJsonUtilities.DefaultOptions) }, late.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or McpException or IOException or HttpRequestException)
        {
            // It cannot be told, and its connection is at an end as well.
        }
    }

    private async Task<JsonObject> AskAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        var response = await _client.SendRequestAsync(new JsonRpcRequest { Method = method, Params = parameters }, cancellation);
        return response.Result as JsonObject ?? throw new McpException($"The answer to {method} is no object.");
    }

    /// <summary>Since that revision the server tells news only to who asks, for as long as the asking lasts.</summary>
    private async Task ListenAsync()
    {
        try
        {
            await AskAsync(RequestMethods.SubscriptionsListen, new JsonObject { ["notifications"] = new JsonObject { ["toolsListChanged"] = true } }, _gone.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or McpException or IOException or HttpRequestException or InvalidOperationException)
        {
            // It tells no news; its list is read with each connection, and anew when it is old.
        }
    }

    private async Task<string> EndedAsync()
    {
        var details = await _client.Completion;
        if (_program is null)
            return details is HttpClientCompletionDetails { HttpStatusCode: { } status } ? $"it ended the session ({(int)status})" : McpFault.Of(details.Exception ?? new IOException("it ended the connection"), Key, 0).Message;
        var end = EndOfAsync(_program);
        return await Task.WhenAny(end, Task.Delay(_patience, _clock)) == end ? await end : "it closed its output";
    }

    private static Tool? Typed(JsonNode entry)
    {
        try
        {
            return entry.Deserialize<Tool>(McpJsonUtilities.DefaultOptions);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Lets the SDK send those arguments as headers that the server wants so.</summary>
    private void Learn(Tool tool)
    {
        try
        {
            _client.AddKnownTools([tool]);
        }
        catch (ArgumentException)
        {
            // Its wishes for headers are malformed, and not followed.
        }
    }
}
