using System.Globalization;
using System.Security.Cryptography;

namespace Alumia.Lab.Offline.Services.Calendar;

/// <summary>When an event begins or ends: at a time, or for whole days.</summary>
internal sealed record EventTime(string? DateTime, string? Date, string? TimeZone)
{
    public DateTimeOffset? Instant =>
        System.DateTimeOffset.TryParse(DateTime ?? Date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;

    public object Resource() => Date is not null ? new { date = Date } : new { dateTime = DateTime, timeZone = TimeZone ?? "UTC" };
}

internal sealed record Attendee(string Email);

/// <summary>An event in an account's one calendar.</summary>
internal sealed record CalendarEvent(string Id, string Summary, EventTime Start, EventTime End, string Creator, long CreatedAtMs)
{
    public const string Kind = "event";

    public string? Description { get; init; }

    public string? Location { get; init; }

    public IReadOnlyList<Attendee> Attendees { get; init; } = [];

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(13));

    public object Resource()
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAtMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var resource = new Dictionary<string, object?>
        {
            ["kind"] = "calendar#event",
            ["id"] = Id,
            ["status"] = "confirmed",
            ["htmlLink"] = $"https://calendar.offline.example/event?eid={Id}",
            ["created"] = at,
            ["updated"] = at,
            ["summary"] = Summary,
            ["creator"] = new { email = Creator, self = true },
            ["organizer"] = new { email = Creator, self = true },
            ["start"] = Start.Resource(),
            ["end"] = End.Resource(),
            ["iCalUID"] = $"{Id}@offline.example",
            ["eventType"] = "default",
        };
        if (Description is not null)
            resource["description"] = Description;
        if (Location is not null)
            resource["location"] = Location;
        if (Attendees.Count > 0)
            resource["attendees"] = Attendees.Select(one => new { email = one.Email, responseStatus = "needsAction" });
        return resource;
    }
}
