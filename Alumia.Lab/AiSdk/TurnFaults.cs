namespace Alumia.Lab.AiSdk;

/// <summary>How the end of a turn that failed is said in the words of the error envelope.</summary>
internal static class TurnFaults
{
    /// <summary>A turn that waits for funds, to a client that cannot.</summary>
    public const string Unpaid = "PAYMENT_REQUIRED";

    private const string Unavailable = "SERVICE_UNAVAILABLE";

    /// <summary>What lies outside the lab, or passes, is unavailable; the rest is a fault.</summary>
    public static string CodeOf(string failure) => failure is "provider" or "interrupted" ? Unavailable : "INTERNAL_ERROR";

    public static int StatusOf(string code) => code switch
    {
        Unpaid => StatusCodes.Status402PaymentRequired,
        Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
