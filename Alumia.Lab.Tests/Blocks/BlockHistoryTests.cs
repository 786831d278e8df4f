using Alumia.Lab.Blocks;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using CsCheck;
using static Alumia.Lab.Tests.Blocks.Shelves;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>Two people and an agent write at once, each on whatever version they have read: no text is ever lost.</summary>
public sealed class BlockHistoryTests
{
    /// <summary>One round: for each of the three how many versions behind they are, at which line they write, and how; then what is done with a clash.</summary>
    private static readonly Gen<(Deed[] Deeds, ClashChoice? Choice)[]> _rounds = Gen.Select(
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9], Gen.Enum<Manner>(), (lag, line, manner) => new Deed(lag, line, manner)).Array[3],
        Gen.Frequency((2, Gen.Const((ClashChoice?)null)), (1, Gen.Enum<ClashChoice>().Select(choice => (ClashChoice?)choice)))).Array[1, 8];

    private static CancellationToken Gone => TestContext.Current.CancellationToken;

    private enum Manner
    {
        Replace,
        Insert,
        Delete,
        Append,
        Nothing,
    }

    [Theory, BothProviders]
    public async Task No_text_is_lost_and_all_read_the_same(StorageProvider provider)
    {
        await using var shelves = await OpenAsync(provider);
        await _rounds.SampleAsync(rounds => PlayAsync(shelves.Shelf, rounds), iter: Soak.Count(20, 200), threads: 1);
    }

    private static async Task PlayAsync(BlockShelf shelf, (Deed[] Deeds, ClashChoice? Choice)[] rounds)
    {
        var block = (await shelf.CreateAsync(Mia, ProjectId, BlockKind.Document, "Tea", string.Join('\n', Enumerable.Range(0, 6).Select(i => $"first {i}")), Gone)).Id;
        IReadOnlyList<BlockVersion> before = [];
        foreach (var (round, number) in rounds.Select((round, i) => (round, i)))
        {
            var versions = (await shelf.VersionsAsync(Mia, block, Gone)).Reverse().ToList();
            Assert.Equal(before.Select(Text), versions.Take(before.Count).Select(Text)); // What was written stays as it was.
            var sent = await Task.WhenAll(round.Deeds.Select((deed, who) => SendAsync(shelf, block, who, Written(deed, versions, $"{number}-{who}"))));
            before = [.. (await shelf.VersionsAsync(Ben, block, Gone)).Reverse()];
            foreach (var text in sent)
                AssertKept(text, versions.Count, before);
            if (round.Choice is { } choice)
                await SettleAsync(shelf, block, choice);
        }
        var (mine, theirs) = (await shelf.GetAsync(Mia, block, Gone), await shelf.GetAsync(Ben, block, Gone));
        Assert.Equal((mine.Block.Version, mine.Content, mine.Clashes.Count), (theirs.Block.Version, theirs.Content, theirs.Clashes.Count));
        var all = await shelf.VersionsAsync(Mia, block, Gone);
        Assert.Equal(Enumerable.Range(1, all.Count).Reverse(), all.Select(version => version.Version));
        Assert.Equal(mine.Content, all.Single(version => version.Version == mine.Block.Version).Content);
    }

    private static Sent Written(Deed deed, List<BlockVersion> versions, string mark)
    {
        var shown = versions.Where(version => !version.IsClash).ToList();
        var read = shown[Math.Max(0, shown.Count - 1 - deed.Lag)];
        var lines = read.Content.Split('\n').ToList();
        var line = deed.Line % lines.Count;
        switch (deed.Manner)
        {
            case Manner.Replace:
                lines[line] = mark;
                break;
            case Manner.Insert:
                lines.Insert(line, mark);
                break;
            case Manner.Delete:
                lines.RemoveAt(line);
                break;
            case Manner.Append:
                lines.Add(mark);
                break;
        }
        return new(read, string.Join('\n', lines), mark);
    }

    private static async Task<Sent> SendAsync(BlockShelf shelf, string block, int who, Sent text)
    {
        if (who < 2)
            return text with { By = (who == 0 ? Mia : Ben).UserId, Edit = await shelf.EditAsync(who == 0 ? Mia : Ben, block, text.Read.Version, "Tea", text.Content, Gone) };
        try
        {
            var updated = await shelf.UpdateAsync(Ala, block, text.Read.Version, null, text.Content, Gone);
            return text with { Edit = new(updated, updated.Version, false) };
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.Conflict)
        {
            return text; // The agent was told, and reads again.
        }
    }

    private static void AssertKept(Sent sent, int earlier, IReadOnlyList<BlockVersion> versions)
    {
        if (sent.Edit is not { } edit)
        {
            Assert.DoesNotContain(versions, version => version.Content.Split('\n').Contains(sent.Mark));
            return;
        }
        var kept = versions[edit.Version - 1];
        if (edit.IsClash || kept.Content == sent.Content)
        {
            Assert.Equal(sent.Content, kept.Content);
            return;
        }
        // Merged, or so like what was shown that nothing was to be added: all lines that are new to its base are there, theirs too.
        var lines = kept.Content.Split('\n').ToHashSet();
        Assert.Superset(New(sent.Content).ToHashSet(), lines);
        if (kept.Version > earlier && kept.ById == sent.By && kept.BaseVersion is { } other)
            Assert.Superset(New(versions[other - 1].Content).ToHashSet(), lines);

        IEnumerable<string> New(string content) => content.Split('\n').Except(sent.Read.Content.Split('\n'));
    }

    private static async Task SettleAsync(BlockShelf shelf, string block, ClashChoice choice)
    {
        if ((await shelf.GetAsync(Mia, block, Gone)).Clashes is not [var clash, ..])
            return;
        var settled = await shelf.SettleAsync(Ben, block, clash.Version, choice, Gone);
        if (choice != ClashChoice.UseShown)
            Assert.Equal(clash.Content, (await shelf.GetAsync(Mia, settled.Id, Gone)).Content);
    }

    private static (string, string) Text(BlockVersion version) => (version.Title, version.Content);

    private sealed record Deed(int Lag, int Line, Manner Manner);

    private sealed record Sent(BlockVersion Read, string Content, string Mark, string By = "", BlockEdit? Edit = null);
}
