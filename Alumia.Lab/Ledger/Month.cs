namespace Alumia.Lab.Ledger;

/// <summary>A calendar month in UTC, by which spending is told.</summary>
public readonly record struct Month(int Year, int Number)
{
    /// <summary>Its first moment, UTC ms.</summary>
    public long FromMs => new DateTimeOffset(Year, Number, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>The next month's first moment, UTC ms.</summary>
    public long ToMs => Next.FromMs;

    public Month Next => Number == 12 ? new(Year + 1, 1) : new(Year, Number + 1);

    public Month Previous => Number == 1 ? new(Year - 1, 12) : new(Year, Number - 1);

    public int Days => DateTime.DaysInMonth(Year, Number);

    /// <summary>The month of a moment (UTC ms).</summary>
    public static Month Of(long ms)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        return new(at.Year, at.Month);
    }
}
