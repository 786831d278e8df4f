namespace Alumia.Lab.Ledger;

/// <summary>The platform's fee on what models cost. It is waived until the org's deposits add up to more than $100; a step keeps the rate that it began with.</summary>
public static class PlatformFee
{
    /// <summary>5.5 %, in hundredths of a percent.</summary>
    public const int Rate = 550;

    /// <summary>Deposits up to this sum (microcents) waive it.</summary>
    public const long Waiver = 100 * Money.Dollar;

    /// <summary>The rate for an org with these deposits in all (microcents), in hundredths of a percent.</summary>
    public static int RateFor(long deposited) => deposited > Waiver ? Rate : 0;

    /// <summary>How much more may be deposited before the fee begins, in microcents.</summary>
    public static long Remaining(long deposited) => Math.Max(0, Waiver - deposited);
}
