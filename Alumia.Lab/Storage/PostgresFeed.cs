using System.Threading.Channels;
using Npgsql;

namespace Alumia.Lab.Storage;

/// <summary>
/// The <see cref="ChangeFeed"/> between copies of the lab: what this one committed is told to the others, and what they committed comes into this one's feed.
/// It is told after the commit, on a connection of its own: PostgreSQL lets transactions that notify commit one at a time, each with its wait for the disk.
/// Of a copy that dies before it has told, nobody need miss anything: its death has the others read all again.
/// </summary>
public sealed class PostgresFeed(LabDbContexts contexts, ChangeFeed feed, ILogger<PostgresFeed> log) : BackgroundService
{
    /// <summary>The channel on which change keys travel; a payload holds the teller's name and keys, separated by line breaks, under 8,000 bytes.</summary>
    private const string Name = "lab_changes";
    private const int MaxPayload = 7_000;
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly string _teller = Guid.NewGuid().ToString("N");
    private readonly Channel<IReadOnlySet<string>> _untold = Channel.CreateUnbounded<IReadOnlySet<string>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Task _telling = Task.CompletedTask;

    /// <summary>Completes when it listens for the first time, and everybody has been told to read.</summary>
    internal Task Listening => _listening.Task;

    /// <summary>These keys have changed, and that is committed: this copy hears of it at once, the others in a moment.</summary>
    internal void Tell(IReadOnlySet<string> keys)
    {
        if (keys.Count == 0)
            return;
        feed.Publish(keys);
        _untold.Writer.TryWrite(keys);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _untold.Writer.TryComplete();
        await Task.WhenAny(_telling, Task.Delay(_pause, cancellationToken)); // What waits is told, where anybody can be.
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ListenAsync(stoppingToken), _telling = TellAsync(stoppingToken));

    private async Task ListenAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await using var connection = await OpenAsync("LISTEN " + Name, cancellation);
                connection.Notification += (_, told) => Hear(told.Payload);
                feed.PublishAll();
                _listening.TrySetResult();
                while (true)
                    await connection.WaitAsync(cancellation);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                log.LogWarning(exception, "The change feed lost its connection; it connects again");
                await Task.Delay(_pause, cancellation);
            }
        }
    }

    private void Hear(string payload)
    {
        if (payload.Split('\n') is [var teller, .. var keys] && teller != _teller)
            feed.Publish(keys);
    }

    /// <summary>All that waits is told together. What could not be told is told on the next connection.</summary>
    private async Task TellAsync(CancellationToken cancellation)
    {
        var keys = new HashSet<string>();
        while (keys.Count > 0 || await _untold.Reader.WaitToReadAsync(CancellationToken.None))
        {
            try
            {
                // Nothing is stored by it, so that it need not wait for the disk.
                await using var connection = await OpenAsync("SET synchronous_commit = off", cancellation);
                while (keys.Count > 0 || await _untold.Reader.WaitToReadAsync(CancellationToken.None))
                {
                    while (_untold.Reader.TryRead(out var more))
                        keys.UnionWith(more);
                    foreach (var payload in Payloads(keys))
                        await RunAsync(connection, $"SELECT pg_notify('{Name}', @payload)", cancellation, new NpgsqlParameter("payload", payload));
                    keys.Clear();
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                log.LogWarning(exception, "The other copies could not be told what changed; it is tried again");
                await Task.Delay(_pause, cancellation);
            }
        }
    }

    private IEnumerable<string> Payloads(IEnumerable<string> keys)
    {
        var payload = _teller;
        foreach (var key in keys)
        {
            if (payload.Length + key.Length + 1 > MaxPayload)
            {
                yield return payload;
                payload = _teller;
            }
            payload += "\n" + key;
        }
        yield return payload;
    }

    /// <summary>Kept alive by a word now and then, or a connection that died in silence would be waited on for ever.</summary>
    private async Task<NpgsqlConnection> OpenAsync(string first, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(contexts.ConnectionString) { Pooling = false, KeepAlive = 15 }.ToString());
        try
        {
            await connection.OpenAsync(cancellation);
            await RunAsync(connection, first, cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
