namespace Alumia.Lab.Operations;

/// <summary>The section <c>Retention</c> of the configuration.</summary>
internal sealed class RetentionOptions
{
    /// <summary>A fault here must not delete a conversation of yesterday.</summary>
    public const int LeastDays = 7;

    public const int MostDays = 36_500;

    /// <summary>After so many days at rest a session is deleted for good; 0: never.</summary>
    public int Days { get; set; }

    /// <exception cref="StartupFault">It is out of bounds.</exception>
    public static int Read(IConfiguration configuration)
    {
        if (configuration["Retention:Days"] is not { Length: > 0 } text)
            return 0;
        return int.TryParse(text, out var days) && days is 0 or (>= LeastDays and <= MostDays)
            ? days
            : throw new StartupFault($"Retention:Days is {text}: set it to 0 (nothing is deleted) or to {LeastDays} to {MostDays} days.");
    }
}
