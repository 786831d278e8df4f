using System.Globalization;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Offline;

/// <summary>The switches' values: kept in the database, so that all copies of a cluster share them, and at hand in memory.</summary>
public sealed class OfflineDesk(Writer writer, IDbContextFactory<LabDbContext> contexts, ChangeFeed feed, ShiftedClock clock, ILogger<OfflineDesk> log)
    : BackgroundService
{
    /// <summary>Change key of everything on the desk.</summary>
    public const string ChangeKey = "offline";

    private readonly Bell _bell = new(isRung: true);
    private readonly SemaphoreSlim _reading = new(1);
    private volatile IReadOnlyDictionary<string, string> _values = new Dictionary<string, string>();

    public string Value(string name) =>
        _values.GetValueOrDefault(name) ?? (OfflineSwitches.Find(name) ?? throw Refusal.NotFound("switch")).Default;

    public int Number(string name) => int.Parse(Value(name), CultureInfo.InvariantCulture);

    /// <summary>Sets a switch; every copy of the lab hears of it.</summary>
    public async Task SetAsync(string name, string value, CancellationToken cancellation)
    {
        var one = OfflineSwitches.Find(name) ?? throw Refusal.NotFound("switch");
        var normal = one.Normalize(value) ?? throw Refusal.Invalid("value", one.Kind switch
        {
            OfflineSwitchKind.Bool => "true or false.",
            OfflineSwitchKind.Number => "A whole number.",
            _ => $"One of {string.Join(", ", one.Choices ?? [])}.",
        });
        await writer.Write(tx => Store(tx, name, normal), cancellation);
        await ReadAsync(cancellation);
    }

    /// <summary>Takes one of a counting switch; false where none is left.</summary>
    public async Task<bool> TakeOneAsync(string name, CancellationToken cancellation)
    {
        if (Number(name) <= 0)
            return false;
        var taken = await writer.Write(tx =>
        {
            // The row is held first: a value that is set meanwhile must not be counted down from the old one.
            tx.Run("UPDATE offline_switch_state SET value = value WHERE name = @name", ("name", name));
            if (tx.Db.Set<OfflineSwitchState>().Find(name) is not { } state || !int.TryParse(state.Value, out var left) || left <= 0)
                return false;
            Store(tx, name, (left - 1).ToString(CultureInfo.InvariantCulture));
            return true;
        }, cancellation);
        await ReadAsync(cancellation);
        return taken;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = feed.Subscribe(ChangeKey, _bell.Ring);
        while (!stoppingToken.IsCancellationRequested)
        {
            await _bell.WaitAsync(stoppingToken);
            try
            {
                await ReadAsync(stoppingToken);
            }
#pragma warning disable CA1031 // The desk must not end the lab; the next change reads again.
            catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
            {
                log.LogWarning(exception, "The offline desk could not read its switches");
            }
        }
    }

    public override void Dispose()
    {
        _bell.Dispose();
        _reading.Dispose();
        base.Dispose();
    }

    /// <summary>Two may set a switch for the first time at once.</summary>
    private static void Store(Tx tx, string name, string value)
    {
        tx.Run("INSERT INTO offline_switch_state (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", ("name", name), ("value", value));
        tx.Changed(ChangeKey);
    }

    /// <summary>One reading at a time: an older one that ended later would bring back what was before.</summary>
    private async Task ReadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            await ReadNowAsync(cancellation);
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task ReadNowAsync(CancellationToken cancellation)
    {
        await using var db = contexts.CreateDbContext();
        _values = await db.Set<OfflineSwitchState>().ToDictionaryAsync(state => state.Name, state => state.Value, cancellation);
        var ahead = TimeSpan.FromMinutes(Number(OfflineSwitches.Clock));
        if (clock.Ahead == ahead)
            return;
        clock.Ahead = ahead;
        feed.PublishAll(); // Whoever waits for a time looks again, whatever its key.
    }
}
