using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>One session of a lab in a process of its own: driven from outside, and read straight from the database.</summary>
internal sealed class DrivenSession
{
    private readonly LabProcess _lab;
    private readonly LabDbContexts _contexts;

    private DrivenSession(LabProcess lab, string id) =>
        (_lab, Id, _contexts) = (lab, id, new LabDbContexts(Options.Create(lab.Storage)));

    public string Id { get; }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<DrivenSession> NewAsync(LabProcess lab) => new(lab, await LabDriver.TextAsync(lab, "/driver/new"));

    public Task<string> SendAsync(string messageId, string text) => LabDriver.TextAsync(_lab, LabDriver.Send(Id, messageId, text));

    public Task ResumeAsync() => LabDriver.TextAsync(_lab, $"/driver/resume?session={Id}");

    public async Task<SessionStatus> StatusAsync()
    {
        await using var db = _contexts.CreateDbContext();
        return await db.Set<Session>().Where(session => session.Id == Id).Select(session => session.Status).SingleAsync(Ended);
    }

    public Task UntilAsync(SessionStatus status) => Eventually.Equal(status, () => StatusAsync().GetAwaiter().GetResult(), what: "the status");

    public async Task<List<SessionEvent>> EventsAsync()
    {
        await using var db = _contexts.CreateDbContext();
        return await Bench.EventsAsync(db, Id);
    }

    /// <summary>The text of a message's answer so far.</summary>
    public static string TextOf(IReadOnlyList<SessionEvent> events, string messageId)
    {
        var turn = events.Last(each => each.Data is TurnStarted started && started.MessageId == messageId).TurnId;
        return string.Concat(events.Where(each => each.TurnId == turn).Select(each => each.Data).OfType<TextWritten>().Select(each => each.Text));
    }

    /// <summary>Watches from a cursor until told to stop, or the line breaks.</summary>
    public async Task WatchAsync(Seen seen, Func<LabDriver.Line, bool> isDone)
    {
        using var client = _lab.Client();
        using var response = await client.GetAsync(new Uri($"/driver/watch?session={Id}&from={seen.After}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ended);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ended));
        while (await NextAsync(reader) is { } text)
        {
            var line = JsonSerializer.Deserialize<LabDriver.Line>(text)!;
            seen.Take(line);
            if (isDone(line))
                return;
        }
    }

    private static async Task<string?> NextAsync(StreamReader reader)
    {
        try
        {
            return await reader.ReadLineAsync(Ended);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return null; // The lab was killed.
        }
    }

    /// <summary>What a watcher outside has seen of the open step, and when.</summary>
    internal sealed class Seen
    {
        private readonly StringBuilder _open = new();
        private readonly List<(long AtMs, int Length)> _times = [];
        private readonly Stopwatch _watch = Stopwatch.StartNew();

        public string After { get; private set; } = "0.0";

        /// <summary>Characters of the step that is open, or was when the line broke.</summary>
        public string Open => _open.ToString();

        /// <summary>Text of the steps that have closed.</summary>
        public string Closed { get; private set; } = "";

        public int Cuts { get; private set; }

        public void Take(LabDriver.Line line)
        {
            After = line.After;
            switch (line.Kind)
            {
                case "delta":
                    _open.Append(line.Text);
                    _times.Add((_watch.ElapsedMilliseconds, _open.Length));
                    break;
                case "cut":
                    Assert.True(Cursor.TryParse(line.After, out var cut));
                    _open.Length = cut.Offset;
                    _times.RemoveAll(time => time.Length > cut.Offset);
                    Cuts++;
                    break;
                case "text":
                    // After a cut, if one was due, the copy holds nothing that is not stored.
                    Assert.StartsWith(Open, line.Text, StringComparison.Ordinal);
                    Closed += line.Text;
                    _open.Clear();
                    _times.Clear();
                    break;
                case nameof(UsageRecorded):
                    Assert.Equal("", Open);
                    break;
            }
        }

        /// <summary>How long before the last character came the first that is not among so many.</summary>
        public long LostMs(int kept) => _times.FirstOrDefault(time => time.Length > kept) is { Length: > 0 } first ? _times[^1].AtMs - first.AtMs : 0;
    }
}
