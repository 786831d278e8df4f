using System.Globalization;

namespace Alumia.Lab.Sessions;

/// <summary>
/// A watcher's place: the number of the last stored event it has, and how many characters of the open step (text and reasoning
/// together, in the order streamed) it has beyond that. Written <c>12.345</c>.
/// </summary>
public readonly record struct Cursor(long Sequence, int Offset) : IComparable<Cursor>
{
    public static readonly Cursor Start;

    public static bool TryParse(string? text, out Cursor cursor)
    {
        cursor = default;
        if (text is null)
            return false;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var sequence = dot < 0 ? text : text[..dot];
        var offset = dot < 0 ? "0" : text[(dot + 1)..];
        if (!long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ||
            !int.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var characters))
            return false;
        cursor = new Cursor(number, characters);
        return true;
    }

    public int CompareTo(Cursor other) => (Sequence, Offset).CompareTo((other.Sequence, other.Offset));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}.{Offset}");

    public static bool operator <(Cursor left, Cursor right) => left.CompareTo(right) < 0;

    public static bool operator >(Cursor left, Cursor right) => left.CompareTo(right) > 0;

    public static bool operator <=(Cursor left, Cursor right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Cursor left, Cursor right) => left.CompareTo(right) >= 0;
}
