using Npgsql;

namespace Alumia.Lab.Storage;

/// <summary>Brings what any copy of the lab committed into this copy's <see cref="ChangeFeed"/>.</summary>
public sealed class PostgresListener(LabDbContexts contexts, ChangeFeed feed, ILogger<PostgresListener> log) : BackgroundService
{
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>Completes when it listens for the first time, and everybody has been told to read.</summary>
    internal Task Listening => _listening.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Kept alive by a word now and then, or a connection that died in silence would be waited on for ever.
                await using var connection = new NpgsqlConnection(
                    new NpgsqlConnectionStringBuilder(contexts.ConnectionString) { Pooling = false, KeepAlive = 15 }.ToString());
                await connection.OpenAsync(stoppingToken);
                connection.Notification += (_, told) => feed.Publish(told.Payload.Split('\n'));
                await using (var listen = new NpgsqlCommand("LISTEN " + PostgresWriter.Channel, connection))
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                feed.PublishAll();
                _listening.TrySetResult();
                while (true)
                    await connection.WaitAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException)
            {
                log.LogWarning(exception, "The change feed lost its connection; it connects again");
                await Task.Delay(_pause, stoppingToken);
            }
        }
    }
}
