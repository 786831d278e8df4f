using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Peers;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using static Alumia.Lab.Tests.Peers.PeerBench;

namespace Alumia.Lab.Tests.Peers;

/// <summary>A thousand messages among twenty peers while the lab's process is killed in the middle: each is delivered once, in the order of its pair.</summary>
public sealed partial class PeersKillTests
{
    private const int Peers = 20;
    private const int CallsOfEach = 5;
    private const int Pairs = 5 * Peers;
    private const int Senders = 4;
    private const int Batch = 9;
    private readonly SemaphoreSlim _killing = new(1, 1);
    private int _sent;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>The code is the same on both: PostgreSQL has its turn with SOAK=1.</summary>
    public static TheoryData<StorageProvider> Providers => Soak.IsOn ? [StorageProvider.Sqlite, StorageProvider.Postgres] : [StorageProvider.Sqlite];

    [Theory, MemberData(nameof(Providers))]
    public async Task Killed_in_the_middle_the_lab_delivers_each_message_once_and_in_order(StorageProvider provider)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var others = Soak.Count(1_000, 10_000) - (Peers * CallsOfEach);
        var killAt = (others / 2) + random.Next(others / 10);
        Figures.Print($"seed of the peers' messages on {provider}: {seed}");
        var settings = await Bench.SettingsAsync(provider, new() { ["Limits:ChatPerMinute"] = "100000", ["Peers:MessagesPerMinute"] = "100000", ["Peers:MessagesPerMinutePerPair"] = "100000" });
        await using var lab = await LabProcess.StartAsync(settings, isDriven: true);
        var ids = (await LabDriver.TextAsync(lab, $"{PeersDriver.Path}/found?peers={Peers}")).Split(' ');
        var (project, sessions) = (ids[0], ids[1..]);
        // Some are sent by the agents themselves, which look for mail in between.
        foreach (var (session, number) in sessions.Select((session, number) => (session, number)))
            await LabDriver.TextAsync(lab, LabDriver.Send(session, "begin", Errand(number, random)));
        // Each writes to five others, a handful at a time; some ask for an answer.
        var batches = Enumerable.Range(0, others).Select(number =>
        {
            var (pair, from) = (number / Batch % Pairs, number / Batch % Peers);
            return (Pair: pair, Message: new Sending(sessions[from], sessions[(from + 1 + (3 * (pair / Peers))) % Peers], $"<d{number}> [[say ok]]", pair % 10 == 0));
        }).Chunk(Batch).ToArray();
        random.Shuffle(batches);
        var plans = batches.SelectMany(batch => batch.Select(each => each.Message)).ToList();
        await Task.WhenAll(plans.GroupBy(plan => Array.IndexOf(sessions, plan.From) % Senders).Select(those => Task.Run(async () =>
        {
            foreach (var batch in those.Chunk(Batch))
                await SendAsync(lab, project, batch, killAt);
        })));

        await using var contexts = new Reader(provider, lab, settings);
        await ResumeAsync(lab, contexts, project);
        // However slow the machine is: as long as it goes on, it is waited for.
        for (var read = -1; await contexts.LeftAsync(project) > 0;)
        {
            var before = read;
            read = await Eventually.Value(() => contexts.ReadAsync(project), now => now > before, "more was delivered");
        }
        await Eventually.True(() => contexts.IsAtRestAsync(project), "every peer is at rest");
        await CheckAsync(contexts, project, sessions, [.. plans.Select(plan => plan.Text)], provider);
    }

    private static string Errand(int number, Random random) => string.Join(' ', Enumerable.Range(0, CallsOfEach).Select(call =>
        $"{Tell($"p{(number + 1 + random.Next(Peers - 1)) % Peers}", $"<t{number}-{call}> [[say ok]]")}{(call == 3 ? Check(seconds: 0) : "")}")) + " [[say ok]]";

    /// <summary>Sends until it is answered; the one whose number is up kills the lab.</summary>
    private async Task SendAsync(LabProcess lab, string project, Sending[] batch, int killAt)
    {
        while (true)
        {
            var address = lab.Address;
            try
            {
                using var client = lab.Client();
                (await client.PostAsJsonAsync($"{PeersDriver.Path}/send?project={project}", batch, Ended)).EnsureSuccessStatusCode();
                if (Interlocked.Add(ref _sent, batch.Length) is var sent && (sent < killAt || sent - batch.Length >= killAt))
                    return;
                await _killing.WaitAsync(Ended);
                await lab.KillAsync();
                await lab.RestartAsync();
                _killing.Release();
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                await _killing.WaitAsync(Ended); // Until it is up again.
                _killing.Release();
                Assert.True(address != lab.Address, $"The lab ended by itself:\n{lab.Output}");
            }
        }
    }

    /// <summary>What the kill broke off is let go on, as a person does by Resume.</summary>
    private static async Task ResumeAsync(LabProcess lab, Reader contexts, string project)
    {
        foreach (var session in await contexts.InterruptedAsync(project))
            await LabDriver.TextAsync(lab, $"/driver/resume?session={session}");
    }

    private static async Task CheckAsync(Reader contexts, string project, string[] sessions, List<string> sent, StorageProvider provider)
    {
        var messages = (await contexts.MessagesAsync(project)).Where(message => message.Kind is PeerMessageKind.Message or PeerMessageKind.Reply).ToList();
        Assert.Empty(sent.Except(messages.Select(message => message.Text)));
        Assert.Equal(messages.Count, messages.DistinctBy(message => message.Text).Count());
        var byToken = messages.ToDictionary(message => Token().Match(message.Text).Value);
        foreach (var session in sessions)
        {
            var events = await contexts.EventsAsync(session);
            Bench.Orderly(events);
            // What the session was told, in order: by turns that began with it, or by looking.
            var told = events.SelectMany(each => each.Data switch
            {
                TurnStarted { From: not null } turn => Token().Matches(turn.Text).Select(match => match.Value),
                ToolFinished { Tool: "check_messages" } check => Token().Matches(check.Result).Select(match => match.Value),
                _ => [],
            }).ToList();
            Assert.Equal(messages.Where(message => message.ToSessionId == session).Select(message => Token().Match(message.Text).Value).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
            foreach (var pair in told.Select(token => byToken[token]).GroupBy(message => message.FromSessionId))
                Assert.Equal(pair.Select(message => message.Number).Order(), pair.Select(message => message.Number));
            // A message was sent by a call exactly where the call says so.
            var calls = events.Select(each => each.Data).OfType<ToolFinished>().Count(finished => finished is { Tool: "message_agent", Ending: ToolEnding.Ok });
            Assert.Equal(messages.Count(message => message.FromSessionId == session && message.Text.StartsWith("<t", StringComparison.Ordinal)), calls);
        }
        Figures.Print($"{messages.Count} messages among {sessions.Length} peers on {provider}, each delivered once and in order across a SIGKILL");
    }

    [GeneratedRegex("<[dt][0-9-]+>")]
    private static partial Regex Token();

    /// <summary>Reads the database beside the lab.</summary>
    private sealed class Reader(StorageProvider provider, LabProcess lab, Dictionary<string, string?> settings) : IAsyncDisposable
    {
        private readonly LabDbContexts _contexts = new(Options.Create(provider == StorageProvider.Sqlite
            ? new StorageOptions { Provider = provider, Directory = lab.Folder }
            : new StorageOptions { Provider = provider, ConnectionString = settings["Storage:ConnectionString"]! }));

        public ValueTask DisposeAsync()
        {
            _contexts.Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>Messages that are not delivered yet.</summary>
        public async Task<int> LeftAsync(string project)
        {
            await using var db = _contexts.CreateDbContext();
            return await db.Set<PeerMessage>().CountAsync(message => message.ProjectId == project && message.DeliveredAtMs == null, Ended);
        }

        /// <summary>Messages that are delivered.</summary>
        public async Task<int> ReadAsync(string project)
        {
            await using var db = _contexts.CreateDbContext();
            return await db.Set<PeerMessage>().CountAsync(message => message.ProjectId == project && message.DeliveredAtMs != null, Ended);
        }

        public async Task<bool> IsAtRestAsync(string project)
        {
            await using var db = _contexts.CreateDbContext();
            return await LeftAsync(project) == 0 && !await db.Set<Session>().AnyAsync(session => session.ProjectId == project && session.Status != SessionStatus.Idle, Ended);
        }

        public async Task<List<string>> InterruptedAsync(string project)
        {
            await using var db = _contexts.CreateDbContext();
            return await db.Set<Session>().Where(session => session.ProjectId == project && session.Status == SessionStatus.Interrupted).Select(session => session.Id).ToListAsync(Ended);
        }

        public async Task<List<PeerMessage>> MessagesAsync(string project)
        {
            await using var db = _contexts.CreateDbContext();
            return await db.Set<PeerMessage>().Where(message => message.ProjectId == project).OrderBy(message => message.Number).ToListAsync(Ended);
        }

        public async Task<List<SessionEvent>> EventsAsync(string session)
        {
            await using var db = _contexts.CreateDbContext();
            return (await db.Set<SessionEventRecord>().Where(row => row.SessionId == session).OrderBy(row => row.Sequence).ToListAsync(Ended)).ConvertAll(row => row.ToEvent());
        }
    }
}
