using Alumia.Lab.Tests.Harness;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Alumia.Lab.Tests.Harness;

/// <summary>Begins the classes that take longest before all others: one of them that came last would run for minutes beside an idle core.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <summary>By their time in a whole run, the longest first. A name that is missing here costs time, and nothing else.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        "Mission.MissionOnThreeCopies", "Mission.MissionOnOneCopy", "Sessions.KillTests", "Layout.LayoutStories", "Blocks.BlockStories", "Ledger.LedgerKillTests", "Canvas.TwoPeopleStory", "Sessions.RestartTests",
        "Canvas.CanvasAccessStory", "Browser.BrowserStory", "Sessions.AnyToolCancelTests", "Sessions.ToolCallTests", "Api.FuzzTests",
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Place).ThenBy(collection => collection.UniqueID, StringComparer.Ordinal)];

    private static int Place<TTestCollection>(TTestCollection collection) where TTestCollection : ITestCollection
    {
        var place = Names.ToList().FindIndex(name => collection.TestCollectionDisplayName.Contains($".{name} ", StringComparison.Ordinal));
        return place < 0 ? Names.Count : place;
    }
}
