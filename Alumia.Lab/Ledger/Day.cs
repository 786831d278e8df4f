namespace Alumia.Lab.Ledger;

/// <summary>Days in UTC, by which an agent's spend limit counts.</summary>
public static class Day
{
    /// <summary>A day, ms.</summary>
    public const long Ms = 24 * 60 * 60 * 1_000;

    /// <summary>The first moment of the day of this moment (both UTC ms).</summary>
    public static long Begin(long ms) => ms - (ms % Ms);

    /// <summary>The first moment of the day after (UTC ms).</summary>
    public static long Next(long ms) => Begin(ms) + Ms;
}
