using System.Globalization;

namespace Alumia.Lab.Billing;

/// <summary>Cents as people read them.</summary>
internal static class Dollars
{
    /// <summary>A cent in the ledger's microcents, millionths of a dollar.</summary>
    public const long MicrocentsPerCent = 10_000;

    public static string Of(long cents) => (cents / 100m).ToString("$#,##0.00", CultureInfo.InvariantCulture);
}
