using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Tests.Troubles;

public sealed class TroubleLogTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task What_many_raise_at_once_is_one_trouble_and_nobody_is_refused(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        for (var round = 0; round < 10; round++)
        {
            var about = $"user:{round}";
            var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() =>
                database.Writer.Write(tx => TroubleLog.Raise(tx, "org_1", "too_many", about, "Too many", "A cause.", [], []), Ended))));
            await using var db = database.Read();
            Assert.Equal([(await db.Set<Trouble>().SingleAsync(trouble => trouble.About == about, Ended)).Id], ids.Distinct());
        }
    }
}
