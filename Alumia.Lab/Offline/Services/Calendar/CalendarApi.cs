using System.Globalization;
using Alumia.Lab.Offline.OAuth;

namespace Alumia.Lab.Offline.Services.Calendar;

/// <summary>Google Calendar's API, version 3: the list of calendars, and the events of one's own.</summary>
internal static class CalendarApi
{
    public const string Host = "www.googleapis.com";

    private const int MostListed = 2_500;

    private static readonly string[] _write = [OAuthScopes.CalendarEvents, OAuthScopes.Calendar];
    private static readonly string[] _read = [OAuthScopes.CalendarRead, OAuthScopes.CalendarEventsRead, .. _write];

    public sealed record Writing(string? Summary, string? Description, string? Location, EventTime? Start, EventTime? End, IReadOnlyList<Attendee>? Attendees);

    public sealed record Asking(string? TimeMin, string? TimeMax, IReadOnlyList<AskedCalendar>? Items);

    public sealed record AskedCalendar(string Id);

    public static void Map(IEndpointRouteBuilder api)
    {
        var calendar = api.MapGroup("/calendar/v3");
        calendar.MapGet("/users/me/calendarList", (ServiceCaller caller) => new { kind = "calendar#calendarList", items = new[] { Listed(caller) } })
            .Takes(OAuthScopes.CalendarRead, OAuthScopes.Calendar, OAuthScopes.CalendarListRead);
        calendar.MapGet("/calendars/{calendarId}", (string calendarId, ServiceCaller caller) => Own(calendarId, caller) ? Listed(caller) : throw Missing()).Takes(OAuthScopes.CalendarRead, OAuthScopes.Calendar);
        calendar.MapPost("/freeBusy", FreeBusyAsync).Takes(OAuthScopes.CalendarRead, OAuthScopes.Calendar, OAuthScopes.CalendarFreeBusy);
        var events = calendar.MapGroup("/calendars/{calendarId}/events");
        events.MapGet("/", ListAsync).Takes(_read);
        events.MapPost("/", InsertAsync).Takes(_write);
        events.MapGet("/{id}", async (string calendarId, string id, ServiceCaller caller, ServiceStore store, CancellationToken ended) =>
            Own(calendarId, caller) && await store.FindAsync<CalendarEvent>(caller.Account, CalendarEvent.Kind, id, ended) is { } found ? found.Resource() : throw Missing()).Takes(_read);
        events.MapPatch("/{id}", PatchAsync).Takes(_write);
        events.MapDelete("/{id}", DeleteAsync).Takes(_write);
    }

    private static async Task<object> ListAsync(string calendarId, string? timeMin, string? timeMax, string? q, int? maxResults, string? orderBy, string? pageToken, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        if (!Own(calendarId, caller))
            throw Missing();
        var (from, to) = (Time("timeMin", timeMin), Time("timeMax", timeMax));
        var found = (await store.ListAsync<CalendarEvent>(caller.Account, CalendarEvent.Kind, ended))
            .Where(one => (from is null || one.End.Instant > from) && (to is null || one.Start.Instant < to) && Has(one, q));
        var sorted = (orderBy == "updated" ? found.OrderBy(one => one.CreatedAtMs) : found.OrderBy(one => one.Start.Instant)).ToList();
        var skipped = int.TryParse(pageToken, out var token) ? token : 0;
        var page = sorted.Skip(skipped).Take(Math.Clamp(maxResults ?? 250, 1, MostListed)).ToList();
        var answer = new Dictionary<string, object>
        {
            ["kind"] = "calendar#events",
            ["summary"] = caller.Account,
            ["timeZone"] = "UTC",
            ["accessRole"] = "owner",
            ["items"] = page.Select(one => one.Resource()),
        };
        if (skipped + page.Count < sorted.Count)
            answer["nextPageToken"] = $"{skipped + page.Count}";
        return answer;
    }

    private static async Task<object> InsertAsync(string calendarId, Writing writing, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        if (!Own(calendarId, caller))
            throw Missing();
        if (writing.Start?.Instant is not { } start || writing.End?.Instant is not { } end)
            throw Refusal.Invalid("start", "Missing end time.");
        if (end < start)
            throw Refusal.Invalid("end", "The specified time range is empty.");
        return (await store.AddAsync(caller.Account, CalendarEvent.Kind, (tx, _) =>
        {
            var made = new CalendarEvent(CalendarEvent.NewId(), writing.Summary ?? "", writing.Start, writing.End, caller.Account, tx.NowMs)
            {
                Description = writing.Description,
                Location = writing.Location,
                Attendees = writing.Attendees ?? [],
            };
            return (made.Id, made);
        }, ended)).Resource();
    }

    private static async Task<object> PatchAsync(string calendarId, string id, Writing writing, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        var changed = Own(calendarId, caller) ? await store.ChangeAsync<CalendarEvent>(caller.Account, CalendarEvent.Kind, id, one => one with
        {
            Summary = writing.Summary ?? one.Summary,
            Description = writing.Description ?? one.Description,
            Location = writing.Location ?? one.Location,
            Start = writing.Start ?? one.Start,
            End = writing.End ?? one.End,
            Attendees = writing.Attendees ?? one.Attendees,
        }, ended) : null;
        return changed?.Resource() ?? throw Missing();
    }

    private static async Task<IResult> DeleteAsync(string calendarId, string id, ServiceCaller caller, ServiceStore store, CancellationToken ended) =>
        Own(calendarId, caller) && await store.ChangeAsync<CalendarEvent>(caller.Account, CalendarEvent.Kind, id, _ => null, ended) is not null ? Results.NoContent() : throw Missing();

    private static async Task<object> FreeBusyAsync(Asking asking, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        var (from, to) = (Time("timeMin", asking.TimeMin), Time("timeMax", asking.TimeMax));
        if (from is null || to is null)
            throw Refusal.Invalid("timeMin", "Missing timeMin or timeMax parameter.");
        var busy = (await store.ListAsync<CalendarEvent>(caller.Account, CalendarEvent.Kind, ended)).Where(one => one.End.Instant > from && one.Start.Instant < to).OrderBy(one => one.Start.Instant)
            .Select(one => new { start = one.Start.Instant, end = one.End.Instant }).ToList();
        return new
        {
            kind = "calendar#freeBusy",
            timeMin = from,
            timeMax = to,
            calendars = (asking.Items ?? []).DistinctBy(item => item.Id).ToDictionary(item => item.Id,
                item => (object)(Own(item.Id, caller) ? new { busy } : new { errors = new[] { new { domain = "global", reason = "notFound" } }, busy = Array.Empty<object>() })),
        };
    }

    private static object Listed(ServiceCaller caller) =>
        new { kind = "calendar#calendarListEntry", id = caller.Account, summary = caller.Account, timeZone = "UTC", primary = true, accessRole = "owner", selected = true };

    private static bool Own(string calendarId, ServiceCaller caller) => calendarId == "primary" || calendarId.Equals(caller.Account, StringComparison.OrdinalIgnoreCase);

    private static bool Has(CalendarEvent one, string? q) => string.IsNullOrWhiteSpace(q)
        || $"{one.Summary}\n{one.Description}\n{one.Location}\n{string.Join('\n', one.Attendees.Select(attendee => attendee.Email))}".Contains(q, StringComparison.OrdinalIgnoreCase);

    private static DateTimeOffset? Time(string field, string? text) => string.IsNullOrEmpty(text) ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw Refusal.Invalid(field, "Bad Request");

    private static Refusal Missing() => new(RefusalKind.NotFound, "Not Found");
}
