namespace Alumia.Lab.Blocks;

internal static class Titles
{
    /// <summary>The title and an ending; the title is cut where both are too long together.</summary>
    public static string With(string title, string ending) =>
        string.Concat(title.AsSpan(0, Math.Min(title.Length, Math.Max(0, BlockPen.MaxTitle - ending.Length))), ending.AsSpan(0, Math.Min(ending.Length, BlockPen.MaxTitle)));
}
