using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Tests.Storage;

/// <summary>What every room counts on when it writes; the rows are <see cref="DataProtectionKey"/>s, the one table that Storage itself brings.</summary>
public sealed class WriterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_work_that_throws_leaves_nothing_and_its_neighbours_stay(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        using var gate = new Gate(database.Writer, provider);

        var writes = Enumerable.Range(0, 30).Select(i => database.Writer.Write(tx =>
        {
            tx.Add($"ef {i}");
            tx.Db.SaveChanges();
            tx.Insert($"sql {i}");
            tx.Changed($"row:{i}");
            if (i % 3 == 0)
                throw new InvalidDataException($"work {i}");
        }, Cancellation)).ToList();
        gate.Open();

        for (var i = 0; i < writes.Count; i++)
        {
            if (i % 3 == 0)
                Assert.Equal($"work {i}", (await Assert.ThrowsAsync<InvalidDataException>(() => writes[i])).Message);
            else
                await writes[i];
        }
        var expected = Enumerable.Range(0, 30).Where(i => i % 3 != 0).SelectMany(i => new[] { $"ef {i}", $"sql {i}" });
        Assert.Equal(expected.Order(StringComparer.Ordinal), await database.NamesAsync());
    }

    [Theory, BothProviders]
    public async Task A_row_that_the_database_refuses_fails_its_own_work_alone(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        await database.Writer.Write(tx => _ = tx.Run("CREATE UNIQUE INDEX one_name ON data_protection_keys (friendly_name)"), Cancellation);
        using var gate = new Gate(database.Writer, provider);

        var writes = new[] { "a", "b", "a", "c" }.Select(name => database.Writer.Write(tx => tx.Add(name), Cancellation)).ToList();
        gate.Open();

        var ended = await Task.WhenAll(writes.Select(write => write.ContinueWith(done => done.Exception?.InnerException, TaskScheduler.Default)));
        Assert.IsType<DbUpdateException>(Assert.Single(ended, exception => exception is not null));
        Assert.Equal(["a", "b", "c"], await database.NamesAsync());
    }

    [Theory, BothProviders]
    public async Task Writes_of_64_callers_commit_once_each(StorageProvider provider)
    {
        var count = Soak.Count(2_000, 100_000);
        await using var database = await LabDatabase.CreateAsync(provider);
        var next = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancellation }, async (_, cancellation) =>
        {
            while (Interlocked.Increment(ref next) is var mine && mine <= count)
            {
                // A work may queue another; it must not wait for it.
                var nested = await database.Writer.Write(tx =>
                {
                    tx.Insert($"{mine:000000}");
                    return mine % 10 == 0 ? database.Writer.Write(inner => inner.Insert($"{mine:000000} nested"), cancellation) : Task.CompletedTask;
                }, cancellation);
                await nested;
            }
        });

        var expected = Enumerable.Range(1, count).SelectMany(i => i % 10 == 0 ? new[] { $"{i:000000}", $"{i:000000} nested" } : [$"{i:000000}"]);
        Assert.Equal(expected, await database.NamesAsync());
    }

    [Theory, BothProviders]
    public async Task A_cancelled_work_that_has_not_begun_does_not_run(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        using var gate = new Gate(database.Writer, provider);
        using var cancel = new CancellationTokenSource();
        var ran = false;

        var cancelled = database.Writer.Write(tx =>
        {
            ran = true;
            tx.Insert("cancelled");
        }, cancel.Token);
        var kept = database.Writer.Write(tx => tx.Insert("kept"), Cancellation);
        await cancel.CancelAsync();
        gate.Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await kept;
        Assert.True(cancelled.IsCanceled);
        Assert.False(ran);
        Assert.Equal(["kept"], await database.NamesAsync());
    }

    [Fact]
    public async Task A_work_cancelled_by_its_neighbour_in_the_batch_does_not_run()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        using var gate = new Gate(database.Writer, StorageProvider.Sqlite);
        using var cancel = new CancellationTokenSource();

        var first = database.Writer.Write(_ => cancel.Cancel(), Cancellation);
        var second = database.Writer.Write(tx => tx.Insert("second"), cancel.Token);
        gate.Open();

        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Empty(await database.NamesAsync());
    }

    [Theory, BothProviders]
    public async Task A_prepared_statement_goes_by_the_names_of_its_parameters(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        const string sql = "INSERT INTO data_protection_keys (friendly_name, xml) VALUES (@name, @xml)";

        await database.Writer.Write(tx =>
        {
            _ = tx.Run(sql, ("name", "a"), ("xml", "1"));
            _ = tx.Run(sql, ("xml", null), ("name", "b"));
            _ = tx.Run(sql, ("name", "c"), ("xml", "3"));
        }, Cancellation);

        var rows = await database.Writer.Write(tx => tx.All(
            "SELECT friendly_name, xml FROM data_protection_keys ORDER BY friendly_name",
            row => row.GetString(0) + (row.IsDBNull(1) ? "" : row.GetString(1))), Cancellation);
        Assert.Equal(["a1", "b", "c3"], rows);
    }

    [Theory, BothProviders]
    public async Task What_waits_is_written_before_the_writer_is_gone(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        using var gate = new Gate(database.Writer, provider);
        var writes = Enumerable.Range(0, 100).Select(i => database.Writer.Write(tx => tx.Insert($"{i:00}"), Cancellation)).ToList();

        var gone = Task.Run(database.Writer.Dispose, Cancellation);
        gate.Open();
        await gone;

        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
        Assert.Equal(100, (await database.NamesAsync()).Count);
    }

    [Theory, BothProviders]
    public async Task A_readers_context_refuses_to_save(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        await using var db = database.Read();
        db.Add(new DataProtectionKey { FriendlyName = "no" });

        Assert.Throws<InvalidOperationException>(() => db.SaveChanges());
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.SaveChangesAsync(Cancellation));
        Assert.Empty(await database.NamesAsync());
    }
}
