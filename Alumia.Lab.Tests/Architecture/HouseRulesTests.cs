using System.Text.RegularExpressions;
using Alumia.Lab.Organizations;

namespace Alumia.Lab.Tests.Architecture;

/// <summary>Rules that a reader can check in the sources, so that nobody has to.</summary>
public sealed partial class HouseRulesTests
{
    private const int MaxLines = 300;
    private static readonly string[] _code = ["*.cs", "*.razor", "*.css", "*.js"];

    [Fact]
    public void No_file_is_over_300_lines() =>
        Assert.Empty(Sources.Of("Alumia.Lab", _code).Concat(Sources.Of("Alumia.Lab.Tests", _code))
            .Where(file => file.Length > MaxLines).Select(file => $"{file.Name}: {file.Length} lines"));

    [Fact]
    public void Program_only_composes() =>
        Assert.InRange(Sources.Of("Alumia.Lab", "Program.cs").Single().Length, 1, 80);

    [Fact]
    public void Time_comes_from_the_TimeProvider_only() =>
        Assert.Empty(Find(Sources.Of("Alumia.Lab", "*.cs", "*.razor"), SystemClock()));

    [Fact]
    public void No_test_sleeps() =>
        Assert.Empty(Find(Sources.Of("Alumia.Lab.Tests", "*.cs").Where(file => file.Room is not ("Harness" or "Architecture")), Sleep()));

    [Fact]
    public void No_test_is_switched_off() =>
        Assert.Empty(Find(Sources.Of("Alumia.Lab.Tests", "*.cs").Where(file => file.Room is not "Architecture"), SwitchedOff()));

    [Fact]
    public void Nothing_is_left_for_later() =>
        Assert.Empty(Find(Sources.Of("Alumia.Lab", _code).Concat(Sources.Of("Alumia.Lab.Tests", _code)).Where(file => file.Name != "Architecture/HouseRulesTests.cs"), Later()));

    /// <summary>
    /// On behalf of a person through <see cref="OrgQueries.In{T}"/>; on behalf of the lab by an <c>OrgId</c> named in the same statement.
    /// The writer's context (<c>tx.Db</c>) may take the whole table, for a work checks what it was given;
    /// so may a line whose comment says why with the words "every org".
    /// </summary>
    [Fact]
    public void Rows_of_an_org_are_read_as_that_orgs()
    {
        var owned = typeof(IOrgOwned).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IOrgOwned))).Select(type => type.Name).ToHashSet();
        var reads = Sources.Of("Alumia.Lab", "*.cs", "*.razor")
            .SelectMany(file => file.Lines)
            .Where(line => Table().Match(line.Code) is { Success: true } match
                && owned.Contains(match.Groups["type"].Value)
                && match.Groups["context"].Value != "tx.Db"
                && !Statement(line).Contains("OrgId", StringComparison.Ordinal)
                && !line.Text.Contains("every org", StringComparison.OrdinalIgnoreCase));

        Assert.Empty(reads);
    }

    private static string Statement(SourceLine start)
    {
        var rest = string.Join('\n', start.File.Lines.Skip(start.Number - 1).Select(line => line.Code));
        return rest.Split(';')[0];
    }

    private static IEnumerable<SourceLine> Find(IEnumerable<SourceFile> files, Regex what) =>
        files.SelectMany(file => file.Lines).Where(line => what.IsMatch(line.Code));

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b|\bStopwatch\.(StartNew|GetTimestamp)\b|\bEnvironment\.TickCount")]
    private static partial Regex SystemClock();

    [GeneratedRegex(@"\bThread\.Sleep\b|\bTask\.Delay\b|\bWaitForTimeoutAsync\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\bSkip\s*=|\bExplicit\s*=\s*true")]
    private static partial Regex SwitchedOff();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Later();

    [GeneratedRegex(@"(?<context>[\w.]+)\.Set<(?<type>\w+)>\(\)")]
    private static partial Regex Table();
}
