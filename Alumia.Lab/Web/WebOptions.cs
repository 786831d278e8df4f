namespace Alumia.Lab.Web;

/// <summary>The section <c>Tools:Web</c> of the configuration.</summary>
public sealed class WebOptions
{
    /// <summary>Bytes that are read of a page, unpacked; what comes after is left out.</summary>
    public int MaxBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Characters of a page that one call gives; the next call goes on from there.</summary>
    public int MaxCharacters { get; set; } = 40_000;

    /// <summary>How long a page may take to come whole, in seconds; after that, what has come is given.</summary>
    public int Seconds { get; set; } = 45;
}
