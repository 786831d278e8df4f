namespace Alumia.Lab.AiSdk;

/// <summary>How the end of a turn that failed is said in the words of the error envelope.</summary>
internal static class TurnFaults
{
    private const string Unavailable = "SERVICE_UNAVAILABLE";

    /// <summary>What lies outside the lab, or passes, is unavailable; the rest is a fault.</summary>
    public static string CodeOf(string failure) => failure is "provider" or "interrupted" ? Unavailable : "INTERNAL_ERROR";

    public static int StatusOf(string code) => code == Unavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
}
