namespace Alumia.Lab.Accounts;

/// <summary>Where to go after signing in: a page of this lab, never another site.</summary>
public static class ReturnAddress
{
    /// <summary>The address where it is a path of this lab, else the start page.</summary>
    public static string Local(string? address) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal)
        && !address.Contains('\\', StringComparison.Ordinal) && !address.Any(char.IsControl)
            ? address : "/";

    /// <summary>The sign-in page, which leads back to this address.</summary>
    public static string SignIn(string? address) =>
        Local(address) is var local and not "/" ? $"/sign-in?returnUrl={Uri.EscapeDataString(local)}" : "/sign-in";
}
