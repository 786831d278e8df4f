using System.Globalization;
using Alumia.Lab.Offline.OAuth;
using Alumia.Lab.Offline.Services.Calendar;
using Alumia.Lab.Offline.Services.GitHub;
using Alumia.Lab.Offline.Services.Gmail;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Offline.Services;

/// <summary>What an account holds before anybody has used it: the same for each but for the names, dated from when it was opened.</summary>
internal static class Seeds
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;

    public static void Fill(Tx tx, OAuthPerson person)
    {
        FillMailbox(tx, person);
        FillCalendar(tx, person);
        FillRepository(tx, person);
    }

    private static void FillMailbox(Tx tx, OAuthPerson person)
    {
        var me = $"{person.Name} <{person.Email}>";
        Receive("18c0a00000000001", "Charles Babbage <charles@offline.example>", "The engine's drawings", "The drawings of the analytical engine are ready. Could you look at the second sheet before Friday?\n\nCharles", 2 * HourMs, Mail.Unread);
        Receive("18c0a00000000002", "Offline Cloud <billing@cloud.offline.example>", "Your invoice INV-2041", "Your invoice INV-2041 over $42.00 is due in 14 days.\nNothing has to be done if you pay by card.", 1 * DayMs, Mail.Unread);
        Receive("18c0a00000000003", "Mary Somerville <mary@offline.example>", "Lunch on Thursday?", "Are you free for lunch on Thursday at noon? The usual place.\n\nMary", 2 * DayMs);
        Receive("18c0a00000000004", "Travel Desk <travel@offline.example>", "Your train to Paris", "Booking K7Q2: train to Paris, coach 4, seat 21. Please be at the platform ten minutes before.", 5 * DayMs, "STARRED");
        Receive("18c0a00000000005", "The Weekly <news@weekly.offline.example>", "Five notes on number theory", "This week: five short notes on number theory, and a puzzle.", 9 * DayMs);

        void Receive(string id, string from, string subject, string text, long ago, params string[] labels) =>
            ServiceStore.Put(tx, person.Email, Mail.Kind, id, new Mail(id, id, from, me, subject, text, tx.NowMs - ago, [Mail.Inbox, .. labels]));
    }

    private static void FillCalendar(Tx tx, OAuthPerson person)
    {
        var today = DateTimeOffset.FromUnixTimeMilliseconds(tx.NowMs).UtcDateTime.Date;
        Plan("standup0000000000000000001", "Stand-up", today.AddDays(1).AddHours(9), 30, "Room 1");
        Plan("lunch000000000000000000002", "Lunch with Mary", today.AddDays(2).AddHours(12), 60, "The usual place");
        Plan("review00000000000000000003", "Review of the engine's drawings", today.AddDays(3).AddHours(14), 90, null);

        void Plan(string id, string summary, DateTime start, int minutes, string? location) =>
            ServiceStore.Put(tx, person.Email, CalendarEvent.Kind, id, new CalendarEvent(id, summary, At(start), At(start.AddMinutes(minutes)), person.Email, tx.NowMs) { Location = location });
    }

    private static void FillRepository(Tx tx, OAuthPerson person)
    {
        Report(1, "The table of contents has a dead link", "The link to chapter 3 leads nowhere.", "closed", "docs");
        Report(2, "Rounding is wrong for negative numbers", "round(-0.5) gives 1.", "open", "bug");
        Report(3, "Read notes from standard input", "It would be handy in a pipe.", "open", "enhancement");
        Keep("README.md", "# notes\n\nNotes and a small program that prints them.\n");
        Keep("src/notes.py", "import sys\n\nfor line in sys.stdin:\n    print(line.rstrip())\n");
        Keep("docs/chapter-1.md", "# Chapter 1\n\nOn engines.\n");

        void Report(int number, string title, string body, string state, string label) =>
            ServiceStore.Put(tx, person.Email, Issue.Kind, number.ToString(CultureInfo.InvariantCulture),
                new Issue(number, title, body, person.Login, state, [label], [], tx.NowMs - (10 - number) * DayMs, tx.NowMs - (10 - number) * DayMs));

        void Keep(string path, string text) => ServiceStore.Put(tx, person.Email, RepoFile.Kind, path, new RepoFile(path, text));
    }

    private static EventTime At(DateTime time) => new(time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), null, "UTC");
}
