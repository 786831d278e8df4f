namespace Alumia.Lab.Browser;

/// <summary>The section <c>Tools:Browser</c> of the configuration.</summary>
public sealed class BrowserOptions
{
    /// <summary>The path of Chromium; found on <c>PATH</c> where left out.</summary>
    public string? Chromium { get; set; }

    /// <summary>Lets Chromium run without its own sandbox, as it must where the lab runs as root.</summary>
    public bool NoSandbox { get; set; }

    /// <summary>After so many minutes without a call a session's browser is closed.</summary>
    public double IdleMinutes { get; set; } = 10;

    /// <summary>How long a page may load, in seconds; after that, what is there is taken.</summary>
    public double LoadSeconds { get; set; } = 30;

    /// <summary>How long a page may take to do what a click or a key asks of it, in seconds.</summary>
    public double DeedSeconds { get; set; } = 8;

    /// <summary>Sessions that may have a browser at once.</summary>
    public int MaxSessions { get; set; } = 8;

    /// <summary>Characters of a page that one call gives; <c>browser_read</c> goes on from there.</summary>
    public int MaxCharacters { get; set; } = 20_000;
}
