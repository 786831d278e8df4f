using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Tests.Storage;

/// <summary>A query that was prepared before reads what is there now, whoever else reads beside it.</summary>
public sealed class PreparedReadsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_query_asked_again_has_its_own_parameters_and_sees_what_was_written_since(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        for (var number = 0; number < 20; number++)
        {
            var name = $"row {number}";
            Assert.Equal(0, await CountAsync(name));
            await database.Writer.Write(tx => tx.Insert(name), Cancellation);
            Assert.Equal(1, await CountAsync(name));
        }

        async Task<int> CountAsync(string name)
        {
            await using var db = database.Read();
            return (await db.DataProtectionKeys.Where(row => row.FriendlyName == name).ToListAsync(Cancellation)).Count;
        }
    }

    [Fact]
    public async Task The_same_query_may_be_read_inside_itself()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        await database.Writer.Write(tx => { tx.Insert("a"); tx.Insert("b"); }, Cancellation);
        await using var db = database.Read();
        var pairs = new List<string>();
        foreach (var outer in db.DataProtectionKeys.OrderBy(row => row.FriendlyName))
        {
            foreach (var inner in db.DataProtectionKeys.OrderBy(row => row.FriendlyName))
                pairs.Add($"{outer.FriendlyName}{inner.FriendlyName}");
        }
        Assert.Equal(["aa", "ab", "ba", "bb"], pairs);
    }

    [Fact]
    public async Task More_queries_than_are_kept_all_read()
    {
        await using var database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        await database.Writer.Write(tx => tx.Insert("row"), Cancellation);
        await using var db = database.Read();
        foreach (var number in Enumerable.Range(0, 150).Concat(Enumerable.Range(0, 10)))
            Assert.Equal("row", Assert.Single(await db.DataProtectionKeys.Where(row => row.Id > EF.Constant(-number)).ToListAsync(Cancellation)).FriendlyName);
    }
}
