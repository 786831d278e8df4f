namespace Alumia.Lab;

/// <summary>Units of money. All amounts are microcents: here a millionth of a dollar, so that one cent is 10,000 of them.</summary>
public static class Money
{
    public const long Cent = 10_000;

    public const long Dollar = 100 * Cent;

    /// <summary>Whole cents of an amount, rounded down: nobody is shown money that is not there.</summary>
    public static long Cents(long microcents) => (long)Math.Floor((decimal)microcents / Cent);
}
