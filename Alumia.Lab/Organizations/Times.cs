using System.Globalization;

namespace Alumia.Lab.Organizations;

/// <summary>Instants on this room's lists, in UTC.</summary>
internal static class Times
{
    internal static string Day(long ms) => At(ms).ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    internal static string Whole(long ms) => At(ms).ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
