using System.Collections.Concurrent;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Storage;

public sealed class ChangeFeedTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Keys_are_told_after_the_commit_and_only_then(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        var seen = new ConcurrentDictionary<string, bool>();
        using var all = database.Feed.SubscribeAll(key =>
        {
            // Who hears of a key reads at once, on a connection of its own, what the work wrote.
            using var db = database.Read();
            seen[key] = db.DataProtectionKeys.Any(row => row.FriendlyName == key);
        });

        using (var gate = new Gate(database.Writer, provider))
        {
            var writes = Enumerable.Range(0, 20).Select(i => database.Writer.Write(tx =>
            {
                tx.Insert($"row:{i}");
                tx.Changed($"row:{i}");
                if (i % 2 == 1)
                    throw new InvalidDataException();
            }, Cancellation)).ToList();
            Assert.Empty(seen);
            gate.Open();
            await Task.WhenAll(writes.Select(write => write.ContinueWith(_ => { }, TaskScheduler.Default)));
        }
        await database.Writer.Write(tx =>
        {
            tx.Insert("last");
            tx.Changed("last");
        }, Cancellation);
        await Eventually.True(() => seen.ContainsKey("last") && seen.Count >= 11, "all keys are told");

        Assert.Equal(Enumerable.Range(0, 20).Where(i => i % 2 == 0).Select(i => $"row:{i}").Append("last").Order(), seen.Keys.Order());
        Assert.All(seen, key => Assert.True(key.Value, $"{key.Key} was told before its row could be read"));
    }

    [Theory, BothProviders]
    public async Task A_subscriber_hears_its_own_key_until_it_leaves(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        int mine = 0, thrown = 0, others = 0;
        using var bad = database.Feed.Subscribe("mine", () =>
        {
            Interlocked.Increment(ref thrown);
            throw new InvalidDataException("A bad subscriber");
        });
        var subscription = database.Feed.Subscribe("mine", () => Interlocked.Increment(ref mine));
        using var other = database.Feed.Subscribe("other", () => Interlocked.Increment(ref others));

        await database.Writer.Write(tx => tx.Changed("mine"), Cancellation);
        await Eventually.Equal(1, () => Volatile.Read(ref mine));
        subscription.Dispose();
        subscription.Dispose();
        await database.Writer.Write(tx => tx.Changed("mine"), Cancellation);
        await Eventually.Equal(2, () => Volatile.Read(ref thrown));

        Assert.Equal(1, mine);
        Assert.Equal(0, others);
    }

    [Fact]
    public async Task Subscriptions_that_come_and_go_in_parallel_are_neither_lost_nor_left()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        var heard = 0;
        using var stays = database.Feed.Subscribe("key", () => Interlocked.Increment(ref heard));

        await Parallel.ForEachAsync(Enumerable.Range(0, Soak.Count(20_000, 1_000_000)), Cancellation, (_, _) =>
        {
            var gone = 0;
            database.Feed.Subscribe("key", () => gone++).Dispose();
            var subscription = database.Feed.Subscribe("short", () => gone++);
            database.Feed.Publish(["short"]);
            subscription.Dispose();
            Assert.True(gone >= 1);
            return ValueTask.CompletedTask;
        });
        database.Feed.Publish(["key", "short"]);

        Assert.Equal(1, heard);
    }

    [Fact]
    public async Task Two_copies_on_one_PostgreSQL_hear_each_others_keys()
    {
        await using var one = await LabDatabase.CreateAsync(StorageProvider.Postgres);
        await using var two = await one.AnotherCopyAsync();
        var heard = new ConcurrentQueue<string>();
        using var inOne = one.Feed.SubscribeAll(key => heard.Enqueue("one " + key));
        using var inTwo = two.Feed.SubscribeAll(key => heard.Enqueue("two " + key));

        await one.Writer.Write(tx => tx.Changed("from:one"), Cancellation);
        await two.Writer.Write(tx => tx.Changed("from:two"), Cancellation);

        await Eventually.Equal(4, () => heard.Count);
        Assert.Equal(["one from:one", "one from:two", "two from:one", "two from:two"], heard.Order());
    }

    [Fact]
    public async Task More_keys_than_one_notice_holds_are_all_told()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Postgres);
        var heard = new ConcurrentDictionary<string, byte>();
        using var all = database.Feed.SubscribeAll(key => heard[key] = 0);
        var keys = Enumerable.Range(0, 1_000).Select(i => $"organization:müller-{i:000000000}").ToList();

        await database.Writer.Write(tx => keys.ForEach(tx.Changed), Cancellation);

        await Eventually.Equal(keys.Count, () => heard.Count);
        Assert.Equal(keys, heard.Keys.Order());
    }

    [Fact]
    public async Task A_listener_that_lost_its_connection_listens_again_and_everybody_reads_again()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Postgres);
        var again = 0;
        var heard = 0;
        using var all = database.Feed.SubscribeAll(key => _ = key.Length == 0 ? Interlocked.Increment(ref again) : 0);
        using var mine = database.Feed.Subscribe("mine", () => Interlocked.Increment(ref heard));

        Assert.Equal(1L, await Disconnect.OthersAsync(database.ConnectionString, "query LIKE 'LISTEN%'"));
        await Eventually.Equal(1, () => Volatile.Read(ref again));
        await Eventually.Equal(1, () => Volatile.Read(ref heard));
        await database.Writer.Write(tx => tx.Changed("mine"), Cancellation);
        await Eventually.Equal(2, () => Volatile.Read(ref heard));
    }

    [Fact]
    public async Task A_copy_that_lost_its_connection_tells_the_others_what_changed_all_the_same()
    {
        await using var one = await LabDatabase.CreateAsync(StorageProvider.Postgres);
        await using var two = await one.AnotherCopyAsync();
        var heard = new ConcurrentQueue<string>();
        using var all = two.Feed.SubscribeAll(heard.Enqueue);
        await one.Writer.Write(tx => tx.Changed("before"), Cancellation);
        await Eventually.Equal(1, () => heard.Count);

        Assert.Equal(1L, await Disconnect.OthersAsync(one.ConnectionString, "query LIKE '%pg_notify%'"));
        await one.Writer.Write(tx => tx.Changed("after"), Cancellation);
        await one.Writer.Write(tx => tx.Changed("after that"), Cancellation);

        await Eventually.Equal(3, () => heard.Count);
        Assert.Equal(["after", "after that", "before"], heard.Order());
    }

    [Fact]
    public async Task A_copy_that_stops_has_told_the_others_what_it_committed()
    {
        await using var one = await LabDatabase.CreateAsync(StorageProvider.Postgres);
        var heard = new ConcurrentQueue<string>();
        using var all = one.Feed.SubscribeAll(heard.Enqueue);
        await using (var two = await one.AnotherCopyAsync())
        {
            for (var number = 0; number < 100; number++)
                await two.Writer.Write(tx => tx.Changed($"key {number:00}"), Cancellation);
        }

        await Eventually.Equal(100, () => heard.Count);
    }
}
