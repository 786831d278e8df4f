using System.Text.RegularExpressions;

namespace Alumia.Lab.Sandbox;

/// <summary>A terminal's text without what only a terminal understands.</summary>
internal static partial class AnsiText
{
    /// <summary>Without colours and other control sequences; of a line that was written over again and again (a progress bar) the last form.</summary>
    public static string Plain(string text)
    {
        text = Sequences().Replace(text, "").Replace("\r\n", "\n", StringComparison.Ordinal);
        if (text.Contains('\r', StringComparison.Ordinal))
            text = string.Join('\n', text.Split('\n').Select(line => line.TrimEnd('\r')).Select(line => line[(line.LastIndexOf('\r') + 1)..]));
        return Controls().Replace(text, "");
    }

    /// <summary>CSI, OSC with its two ends, and the two-letter ones.</summary>
    [GeneratedRegex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1B]*(?:\x07|\x1B\\)?|[PX^_][^\x1B]*(?:\x1B\\)?|[ -/]*[0-~]?)")]
    private static partial Regex Sequences();

    [GeneratedRegex(@"[\x00-\x08\x0B-\x1F\x7F-\x9F]")]
    private static partial Regex Controls();
}
