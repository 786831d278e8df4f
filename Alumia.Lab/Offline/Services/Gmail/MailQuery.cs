using System.Globalization;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Services.Gmail;

/// <summary>Gmail's search, the operators of it that people use: <c>from:</c>, <c>to:</c>, <c>subject:</c>, <c>is:</c>, <c>in:</c>, <c>label:</c>, <c>after:</c>, <c>before:</c>, <c>newer_than:</c>, <c>older_than:</c>, a minus, quotes and words.</summary>
internal static partial class MailQuery
{
    private const long DayMs = 24L * 3600 * 1000;

    public static bool Matches(string query, Mail mail, long nowMs) =>
        Term().Matches(query).All(term => Matches(term, mail, nowMs) != term.Groups["not"].Success);

    private static bool Matches(Match term, Mail mail, long nowMs)
    {
        var value = term.Groups["quoted"].Success ? term.Groups["quoted"].Value : term.Groups["word"].Value;
        return term.Groups["key"].Value.ToLowerInvariant() switch
        {
            "from" => Has(mail.From, value),
            "to" => Has(mail.To, value),
            "cc" => Has(mail.Cc, value),
            "subject" => Has(mail.Subject, value),
            "is" or "in" or "label" => value.Equals("anywhere", StringComparison.OrdinalIgnoreCase)
                || (value.Equals("read", StringComparison.OrdinalIgnoreCase) ? !mail.Labels.Contains(Mail.Unread) : mail.Labels.Contains(value, StringComparer.OrdinalIgnoreCase)),
            "after" => Date(value) is { } date && mail.AtMs >= date,
            "before" => Date(value) is { } date && mail.AtMs < date,
            "newer_than" => Age(value) is { } age && mail.AtMs >= nowMs - age,
            "older_than" => Age(value) is { } age && mail.AtMs < nowMs - age,
            "" => Has(mail.From, value) || Has(mail.To, value) || Has(mail.Subject, value) || Has(mail.Text, value),
            _ => Has(mail.Text, term.Value),
        };
    }

    private static bool Has(string text, string value) => text.Contains(value, StringComparison.OrdinalIgnoreCase);

    private static long? Date(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds * 1000
        : DateTimeOffset.TryParseExact(value.Replace('-', '/'), ["yyyy/M/d"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day.ToUnixTimeMilliseconds()
        : null;

    private static long? Age(string value) => value.Length > 1 && int.TryParse(value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? value[^1] switch { 'd' => count * DayMs, 'm' => count * 30 * DayMs, 'y' => count * 365 * DayMs, _ => null }
        : null;

    [GeneratedRegex("""(?<not>-)?(?:(?<key>\w+):)?(?:"(?<quoted>[^"]*)"|(?<word>[^\s"]+))""")]
    private static partial Regex Term();
}
