using Alumia.Lab.Blocks;
using CsCheck;

namespace Alumia.Lab.Tests.Blocks;

public sealed class LineMergeTests
{
    private static readonly Gen<string> _anyText = Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("c"), Gen.Const("")).Array[0, 8].Select(lines => string.Join('\n', lines));

    [Theory]
    [InlineData("1 2 3", "1 2 3 4", "0 2 3", "0 2 3 4")] // At the end and at the beginning.
    [InlineData("1 2 3", "1 3", "1 2 3 4", "1 3 4")]
    [InlineData("1 2 3", "a 2 3", "1 b 3", "a b 3")] // Neighbours.
    [InlineData("1 2 3", "1 x 3", "1 x 3 4", "1 x 3 4")] // The same change by both, and one more.
    [InlineData("1 2 3", "1 2 3", "7", "7")]
    [InlineData("1 2 3", "1 a 3", "1 b 3", null)]
    [InlineData("1 2 3", "1 2 3 a", "1 2 3 b", null)]
    [InlineData("1 2 3 4", "1 4", "1 2 x 4", null)] // One takes away what the other changed.
    public void Changes_that_do_not_overlap_are_joined(string old, string mine, string theirs, string? merged) =>
        Assert.Equal(merged is null ? null : Lines(merged), LineMerge.Merge(Lines(old), Lines(mine), Lines(theirs)));

    [Fact]
    public void It_does_not_matter_who_was_first_and_who_changed_alone_is_taken() =>
        Gen.Select(_anyText, _anyText, _anyText).Sample((old, mine, theirs) =>
        {
            var merged = LineMerge.Merge(old, mine, theirs);
            Assert.Equal(merged, LineMerge.Merge(old, theirs, mine));
            Assert.Equal(mine, LineMerge.Merge(old, mine, old));
            Assert.Equal(mine, LineMerge.Merge(old, mine, mine));
        }, iter: 2_000);

    [Fact]
    public void Changes_of_far_lines_are_always_merged() =>
        Gen.Select(Gen.Int[3, 40], Gen.Int[0, 39], Gen.Int[0, 39], Gen.Bool, Gen.Bool).Where((length, one, two, _, _) => Math.Abs(one - two) > 1 && one < length && two < length)
            .Sample((length, one, two, takesFirst, takesSecond) =>
            {
                var old = Enumerable.Range(0, length).Select(i => $"line {i}").ToList();
                string Changed(params (int Place, string Text, bool Takes)[] changes) =>
                    string.Join('\n', old.SelectMany((line, i) => changes.FirstOrDefault(change => change.Place == i && change.Text is not null) is { Text: not null } change ? change.Takes ? [change.Text] : [line, change.Text] : (string[])[line]));
                Assert.Equal(Changed((one, "mine", takesFirst), (two, "theirs", takesSecond)), LineMerge.Merge(Changed(), Changed((one, "mine", takesFirst)), Changed((two, "theirs", takesSecond))));
            }, iter: 500);

    [Fact]
    public void What_is_too_long_to_compare_is_not_merged() =>
        Assert.Null(LineMerge.Merge(new string('\n', 2_000), "a", "b"));

    private static string Lines(string words) => words.Replace(' ', '\n');
}
