using Xunit.v3;

namespace Alumia.Lab.Tests.Harness;

public sealed class LongestFirstTests
{
    [Fact]
    public void A_class_that_takes_long_begins_before_those_that_do_not()
    {
        var assembly = new XunitTestAssembly(typeof(LongestFirstTests).Assembly);
        var collections = new CollectionPerClassTestCollectionFactory(assembly);
        Type[] classes = [typeof(LongestFirstTests), typeof(Ledger.LedgerKillTests), typeof(HarnessTests), typeof(Sessions.KillTests)];

        var ordered = new LongestFirst().OrderTestCollections([.. classes.Select(collections.Get)]);

        Assert.Equal([typeof(Sessions.KillTests), typeof(Ledger.LedgerKillTests)], ordered.Take(2).Select(collection => classes.Single(each => collection.TestCollectionDisplayName.Contains(each.FullName! + " ", StringComparison.Ordinal))));
    }
}
