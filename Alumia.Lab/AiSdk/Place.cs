using System.Globalization;

namespace Alumia.Lab.AiSdk;

/// <summary>
/// How far a client has come, as it stands in the SSE <c>id:</c>: a cursor, <c>12.345</c>, and where what follows the cursor begins with several
/// parts, how many of them it has, <c>12.345.2</c>. So a line that breaks between two parts loses neither and repeats neither.
/// </summary>
internal readonly record struct Place(long Sequence, int Offset, int Parts = 0) : IComparable<Place>
{
    /// <summary>Reads what <see cref="ToString"/> writes; a whole number alone is an event's.</summary>
    public static bool TryParse(string text, out Place place)
    {
        place = default;
        var pieces = text.Split('.');
        if (pieces.Length > 3 || !long.TryParse(pieces[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return false;
        var (offset, parts) = (0, 0);
        if ((pieces.Length > 1 && !int.TryParse(pieces[1], NumberStyles.None, CultureInfo.InvariantCulture, out offset)) ||
            (pieces.Length > 2 && !int.TryParse(pieces[2], NumberStyles.None, CultureInfo.InvariantCulture, out parts)))
            return false;
        place = new Place(sequence, offset, parts);
        return true;
    }

    public int CompareTo(Place other) => (Sequence, Offset, Parts).CompareTo((other.Sequence, other.Offset, other.Parts));

    public override string ToString() =>
        Parts == 0 ? string.Create(CultureInfo.InvariantCulture, $"{Sequence}.{Offset}") : string.Create(CultureInfo.InvariantCulture, $"{Sequence}.{Offset}.{Parts}");
}
