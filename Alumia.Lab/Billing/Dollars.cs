using System.Globalization;

namespace Alumia.Lab.Billing;

/// <summary>Cents as people read them.</summary>
internal static class Dollars
{
    public static string Of(long cents) => (cents / 100m).ToString("$#,##0.00", CultureInfo.InvariantCulture);
}
