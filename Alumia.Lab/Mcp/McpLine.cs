using System.Globalization;

namespace Alumia.Lab.Mcp;

/// <summary>
/// Keeps the connection to one server: made when it is needed, closed when it is idle, and after a failure made again, after pauses that double.
/// One attempt runs at a time, and all who need it wait for that one.
/// </summary>
internal sealed class McpLine(string orgId, string serverId, McpReach reach, McpRecords records, SemaphoreSlim turns, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    /// <summary>Who needs a server that failed waits so long for the next attempt, and no longer.</summary>
    private const int PatienceMs = 10_000;

    /// <summary>A server that has lived so long begins with short pauses again.</summary>
    private const int SoundMs = 60_000;

    /// <summary>A list that is older is read again before a call: not every server tells of changes.</summary>
    private const int FreshMs = 300_000;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly SemaphoreSlim _reading = new(1);
    private TaskCompletionSource<McpConnection>? _next;
    private McpConnection? _open;
    private McpFault? _fault;
    private ITimer? _retry;
    private ITimer? _idle;
    private bool _isTrying;
    private Task _trying = Task.CompletedTask;
    private int _uses;
    private int _failures;
    private long _againAtMs;
    private long _openedAtMs;

    /// <summary>Whether it is connected.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
                return _open is not null;
        }
    }

    /// <summary>Why it is not, where the last attempt failed.</summary>
    public string? Why
    {
        get
        {
            lock (_lock)
                return _fault?.Message;
        }
    }

    /// <summary>The connection, made if need be, which stays until what comes back is disposed.</summary>
    /// <exception cref="McpFault">It cannot be reached.</exception>
    public async Task<McpUse> UseAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            _uses++;
            _idle?.Dispose();
        }
        try
        {
            var connection = await ConnectAsync(now: false, cancellation);
            if (clock.NowMs() - connection.ReadAtMs > FreshMs)
                await ReadAgainAsync(connection);
            return new McpUse(connection, Release);
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Connects if need be; with <paramref name="now"/> without waiting for the next attempt's time.</summary>
    /// <exception cref="McpFault">It cannot be reached.</exception>
    public Task<McpConnection> ConnectAsync(bool now, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_gone.IsCancellationRequested)
                return Task.FromException<McpConnection>(new McpFault("it was removed, or the lab is stopping"));
            if (_open is { } open)
                return Task.FromResult(open);
            if (!now && !_isTrying && _fault is { } fault && _againAtMs - clock.NowMs() > PatienceMs)
                return Task.FromException<McpConnection>(new McpFault($"{fault.Message}; it is tried again at {Time(_againAtMs)}"));
            _next ??= new TaskCompletionSource<McpConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_isTrying && (now || _fault is null || _againAtMs <= clock.NowMs()))
            {
                _isTrying = true;
                _retry?.Dispose();
                _trying = Task.Run(TryAsync, CancellationToken.None);
            }
            return _next.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>A call broke on the line: the connection is given up, and made again by the rules.</summary>
    public Task BrokenAsync(McpConnection connection, McpFault fault) => LostAsync(connection, fault);

    public async ValueTask DisposeAsync()
    {
        McpConnection? open;
        Task trying;
        lock (_lock)
        {
            if (_gone.IsCancellationRequested)
                return;
            trying = _trying;
            _gone.Cancel();
            _retry?.Dispose();
            _idle?.Dispose();
            (open, _open) = (_open, null);
        }
        await trying; // Whatever it has started ends with it.
        if (open is not null)
            await open.DisposeAsync();
    }

    private async Task TryAsync()
    {
        McpConnection? connection = null;
        McpFault? fault = null;
        try
        {
            await turns.WaitAsync(_gone.Token);
            try
            {
                var server = await records.ReadAsync(orgId, serverId, _gone.Token) ?? throw new McpFault("it was removed");
                connection = await reach.OpenAsync(server, _gone.Token);
                var mine = connection;
                await records.WorkedAsync(orgId, serverId, connection);
                connection.OnListChanged(() => _ = Task.Run(() => ReadAgainAsync(mine), CancellationToken.None));
            }
            finally
            {
                turns.Release();
            }
        }
#pragma warning disable CA1031 // Whatever it is, those who wait for the server are told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (exception is not (McpFault or OperationCanceledException))
                log.LogError(exception, "An MCP server could not be connected to");
            fault = McpFault.Of(exception, null, reach.Options.ConnectSeconds);
        }
        if (fault is null && connection is not null)
            Opened(connection);
        else
            await FailedAsync(fault!, connection);
    }

    private void Opened(McpConnection connection)
    {
        TaskCompletionSource<McpConnection>? waiting;
        bool isGone;
        lock (_lock)
        {
            isGone = _gone.IsCancellationRequested;
            (waiting, _next, _isTrying, _fault, _openedAtMs) = (_next, null, false, null, clock.NowMs());
            if (!isGone)
                _open = connection;
            if (_uses == 0)
                StartIdle();
        }
        if (isGone)
            _ = connection.DisposeAsync().AsTask();
        else
            _ = WatchAsync(connection);
        waiting?.TrySetResult(connection);
    }

    private async Task FailedAsync(McpFault fault, McpConnection? connection)
    {
        if (connection is not null)
            await connection.DisposeAsync();
        long again;
        int failures;
        lock (_lock)
        {
            var pause = Math.Min(reach.Options.MaxBackoffMs, reach.Options.BackoffMs * Math.Pow(2, Math.Min(_failures, 20)));
            failures = ++_failures;
            (_fault, _againAtMs) = (fault, again = clock.NowMs() + (long)pause);
        }
        try
        {
            if (!_gone.IsCancellationRequested)
                await records.FailedAsync(orgId, serverId, fault.Message, failures, again);
        }
#pragma warning disable CA1031 // It is tried again whether or not that could be written down.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogError(exception, "The failure of an MCP server could not be stored");
        }
        TaskCompletionSource<McpConnection>? waiting;
        lock (_lock)
        {
            (waiting, _next, _isTrying) = (_next, null, false);
            if (!_gone.IsCancellationRequested)
                _retry = clock.CreateTimer(_ => _ = TryAgainAsync(), null, TimeSpan.FromMilliseconds(Math.Max(0, again - clock.NowMs())), Timeout.InfiniteTimeSpan);
        }
        waiting?.TrySetException(fault);
        _ = waiting?.Task.Exception; // Nobody may be waiting.
    }

    private async Task TryAgainAsync()
    {
        try
        {
            await ConnectAsync(now: true, _gone.Token);
        }
        catch (Exception exception) when (exception is McpFault or OperationCanceledException)
        {
            // It is written down, and tried again later.
        }
    }

    private async Task WatchAsync(McpConnection connection) => await LostAsync(connection, new McpFault(await connection.Ended));

    private async Task LostAsync(McpConnection connection, McpFault fault)
    {
        lock (_lock)
        {
            if (_open != connection)
                return; // It was idle, or is given up already.
            (_open, _isTrying) = (null, true);
            _idle?.Dispose();
            if (clock.NowMs() - _openedAtMs > SoundMs)
                _failures = 0;
        }
        await FailedAsync(fault, connection);
    }

    private async Task ReadAgainAsync(McpConnection connection)
    {
        var asked = clock.NowMs();
        await _reading.WaitAsync(_gone.Token);
        try
        {
            if (connection.ReadAtMs > asked)
                return;
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(reach.Options.ConnectSeconds), clock);
            await connection.RefreshAsync(late.Token);
            await records.WorkedAsync(orgId, serverId, connection);
        }
#pragma warning disable CA1031 // A list that cannot be read leaves the connection to its calls, which tell what is wrong with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogWarning("The tools of an MCP server could not be read again: {Why}", McpFault.Of(exception, connection.Key, reach.Options.ConnectSeconds).Message);
        }
        finally
        {
            _reading.Release();
        }
    }

    private void Release()
    {
        lock (_lock)
        {
            if (--_uses == 0 && _open is not null)
                StartIdle();
        }
    }

    private void StartIdle()
    {
        _idle?.Dispose();
        _idle = clock.CreateTimer(_ => CloseIdle(), null, TimeSpan.FromSeconds(reach.Options.IdleSeconds), Timeout.InfiniteTimeSpan);
    }

    private void CloseIdle()
    {
        McpConnection? open;
        lock (_lock)
        {
            if (_uses > 0)
                return;
            (open, _open) = (_open, null);
        }
        _ = open?.DisposeAsync().AsTask();
    }

    private static string Time(long atMs) => DateTimeOffset.FromUnixTimeMilliseconds(atMs).ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
