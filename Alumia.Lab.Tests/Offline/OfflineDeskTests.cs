using Alumia.Lab.Offline;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alumia.Lab.Tests.Offline;

public sealed class OfflineDeskTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_switch_that_many_set_for_the_first_time_at_once_is_set(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        using var desk = new OfflineDesk(database.Writer, database.Contexts, database.Feed, new ShiftedClock(), NullLogger<OfflineDesk>.Instance);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => desk.SetAsync(OfflineSwitches.Clock, "2", Ended))));

        Assert.Equal("2", desk.Value(OfflineSwitches.Clock));
    }
}
