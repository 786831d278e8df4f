namespace Alumia.Lab.Blocks;

internal static class Titles
{
    private const int MaxEnding = 80;

    /// <summary>The title and an ending; each is cut where both are too long together.</summary>
    public static string With(string title, string ending)
    {
        ending = Cut(ending, MaxEnding);
        return Cut(title, BlockPen.MaxTitle - ending.Length) + ending;
    }

    /// <summary>Never in the middle of a character.</summary>
    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
