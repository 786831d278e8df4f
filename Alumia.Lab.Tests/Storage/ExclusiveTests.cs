using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;

namespace Alumia.Lab.Tests.Storage;

/// <summary>The stores of libraries (Identity, Data Protection) save by themselves, and the writer lets them.</summary>
public sealed class ExclusiveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_librarys_store_saves_while_works_wait(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writes = new List<Task>();

        var outside = database.Writer.Exclusive(async () =>
        {
            begun.SetResult();
            await finish.Task;
            await using var db = database.Contexts.Create(SaveRule.Directly);
            db.Add(new DataProtectionKey { FriendlyName = "outside" });
            await db.SaveChangesAsync(Cancellation);
        }, Cancellation);
        await begun.Task;
        writes.AddRange(Enumerable.Range(0, 300).Select(i => database.Writer.Write(tx => tx.Insert($"{i:000}"), Cancellation)));
        finish.SetResult();

        await outside;
        await Task.WhenAll(writes);
        Assert.Equal(301, (await database.NamesAsync()).Count);
    }

    [Theory, BothProviders]
    public async Task Contexts_of_libraries_save_among_works_and_none_is_locked_out(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);

        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancellation }, async (i, cancellation) =>
        {
            if (i % 4 != 0)
            {
                await database.Writer.Write(tx => tx.Add($"{i:000}"), cancellation);
                return;
            }
            await using var db = database.Outside();
            db.Add(new DataProtectionKey { FriendlyName = $"{i:000}" });
            _ = i % 8 == 0 ? await db.SaveChangesAsync(cancellation) : await Task.Run(db.SaveChanges, cancellation);
        });

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i:000}"), await database.NamesAsync());
    }

    [Theory, BothProviders]
    public async Task A_librarys_context_saves_inside_an_exclusive_work_without_waiting_for_itself(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);

        await database.Writer.Exclusive(async () =>
        {
            await using var db = database.Outside();
            db.Add(new DataProtectionKey { FriendlyName = "first" });
            await db.SaveChangesAsync(Cancellation);
            await database.Writer.Exclusive(async () =>
            {
                db.Add(new DataProtectionKey { FriendlyName = "second" });
                await db.SaveChangesAsync(Cancellation);
            }, Cancellation);
        }, Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(["first", "second"], await database.NamesAsync());
    }

    [Fact]
    public async Task A_work_queued_from_inside_an_exclusive_one_is_refused_for_it_would_wait_for_ever()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        var after = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? later = null;

        await database.Writer.Exclusive(async () =>
        {
            later = LaterAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(() => database.Writer.Write(tx => tx.Insert("inside"), Cancellation));
        }, Cancellation);

        // What the exclusive work started and left behind is outside once it has ended.
        after.SetResult();
        await later!;
        Assert.Equal(["after"], await database.NamesAsync());

        async Task LaterAsync()
        {
            await after.Task;
            await database.Writer.Write(tx => tx.Insert("after"), Cancellation);
        }
    }

    [Theory, BothProviders]
    public async Task What_a_librarys_store_throws_comes_back_and_works_go_on(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAsync<InvalidDataException>(() => database.Writer.Exclusive(() => throw new InvalidDataException(), Cancellation));
        var never = database.Writer.Exclusive(() => Task.FromException(new InvalidOperationException("It ran")), cancelled.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
        Assert.True(never.IsCanceled);
        await database.Writer.Write(tx => tx.Insert("after"), Cancellation);

        Assert.Equal(["after"], await database.NamesAsync());
    }
}
