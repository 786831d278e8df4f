namespace Alumia.Lab.Blocks;

/// <summary>Finds blocks by words. Here and not in SQL: databases differ in what letters they take for the same.</summary>
internal static class BlockSearch
{
    private const int MaxHits = 20;
    private const int ExcerptLength = 240;

    /// <summary>Those with any of the words, first those with most of them; a word in the title counts for more than one in what it says.</summary>
    public static IReadOnlyList<BlockHit> Best(string query, IEnumerable<(Block Block, string Words)> blocks)
    {
        var words = query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        return
        [
            .. blocks.Select(pair => (pair.Block, pair.Words, Score: words.Sum(word => (Has(pair.Block.Title, word) ? 3 : 0) + (Has(pair.Words, word) ? 2 : 0))))
                .Where(hit => hit.Score > 0)
                .OrderByDescending(hit => hit.Score).ThenByDescending(hit => hit.Block.UpdatedAtMs)
                .Take(MaxHits).Select(hit => new BlockHit(hit.Block, Excerpt(hit.Words, words))),
        ];
    }

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The content around the first of the words, on one line.</summary>
    private static string Excerpt(string content, List<string> words)
    {
        var place = words.Select(word => content.IndexOf(word, StringComparison.OrdinalIgnoreCase)).Where(found => found >= 0).DefaultIfEmpty(0).Min();
        var start = Math.Max(0, place - (ExcerptLength / 4));
        var end = Math.Min(content.Length, start + ExcerptLength);
        var text = string.Join(' ', content[start..end].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return (start > 0 ? "…" : "") + text + (end < content.Length ? "…" : "");
    }
}
