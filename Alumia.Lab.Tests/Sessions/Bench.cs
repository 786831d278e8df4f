using System.Text;
using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>The demo org of a running lab, with what tests of sessions need at hand.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private Bench(LabHost lab, OrgScope scope, Project project, Agent ala) => (Lab, Scope, Project, Ala) = (lab, scope, project, ala);

    public LabHost Lab { get; }

    public OrgScope Scope { get; }

    public Project Project { get; }

    public Agent Ala { get; }

    public Conversations Conversations => Lab.Services.GetRequiredService<Conversations>();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>A lab of its own on a fresh database of this kind.</summary>
    public static async Task<Bench> StartAsync(StorageProvider provider, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        var all = await SettingsAsync(provider, settings);
        return await OfAsync(await LabHost.StartAsync(new LabHostOptions { Settings = all, Services = services }));
    }

    /// <summary>Settings of a fresh database of this kind, and more.</summary>
    public static async Task<Dictionary<string, string?>> SettingsAsync(StorageProvider provider, Dictionary<string, string?>? settings = null)
    {
        var all = new Dictionary<string, string?>(settings ?? []) { ["Storage:Provider"] = provider.ToString() };
        if (provider == StorageProvider.Postgres)
            all["Storage:ConnectionString"] = await (await PostgresServer.CurrentAsync()).NewLabDatabaseAsync();
        return all;
    }

    /// <summary>Makes (or finds) the demo org of this lab.</summary>
    public static async Task<Bench> OfAsync(LabHost lab)
    {
        using var services = lab.Services.CreateScope();
        var user = await services.ServiceProvider.GetRequiredService<DemoLab>().OpenAsync(Ended);
        return await OfAsync(lab, (await services.ServiceProvider.GetRequiredService<OrgDirectory>().ScopeAsync(user.Id, DemoLab.Slug, Ended))!);
    }

    /// <summary>Any org of this lab, as its member.</summary>
    public static async Task<Bench> OfAsync(LabHost lab, OrgScope scope)
    {
        var project = (await lab.Services.GetRequiredService<ProjectDirectory>().ListAsync(scope, null, false, Ended))[0];
        var ala = await lab.Services.GetRequiredService<AgentDirectory>().FindAsync(scope, Agent.AlaSlug, Ended);
        return new Bench(lab, scope, project, ala);
    }

    public async Task<string> NewSessionAsync() => (await Conversations.CreateAsync(Scope, Project.Id, Ala.Id, cancellation: Ended)).Id;

    public Task<Sent> SendAsync(string sessionId, string text, string? messageId = null, bool regenerate = false) =>
        Conversations.SendAsync(Scope, sessionId, new NewMessage(messageId ?? Guid.NewGuid().ToString("N"), text, regenerate), Ended);

    public async Task<SessionStatus> StatusAsync(string sessionId) => (await Conversations.FindAsync(Scope, sessionId, Ended)).Status;

    public Task UntilAsync(string sessionId, SessionStatus status) =>
        Eventually.Value(() => StatusAsync(sessionId), now => now == status, $"the session is {status.Word()}");

    /// <summary>All stored events, in order.</summary>
    public async Task<IReadOnlyList<SessionEvent>> EventsAsync(string sessionId)
    {
        await using var db = Lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext();
        return await EventsAsync(db, sessionId);
    }

    /// <inheritdoc cref="EventsAsync(string)"/>
    public static async Task<List<SessionEvent>> EventsAsync(LabDbContext db, string sessionId) =>
        (await db.Set<SessionEventRecord>().Where(row => row.SessionId == sessionId).OrderBy(row => row.Sequence).ToListAsync(Ended)).ConvertAll(row => row.ToEvent());

    /// <summary>The events' payloads of one kind.</summary>
    public async Task<List<T>> EventsAsync<T>(string sessionId) where T : SessionEventData => [.. (await EventsAsync(sessionId)).Select(each => each.Data).OfType<T>()];

    /// <summary>The texts of one turn joined, without those of other turns; the last turn where none is named.</summary>
    public async Task<string> TextAsync(string sessionId, string? turnId = null)
    {
        var events = await EventsAsync(sessionId);
        turnId ??= events[^1].TurnId;
        return string.Concat(events.Where(each => each.TurnId == turnId).Select(each => each.Data).OfType<TextWritten>().Select(each => each.Text));
    }

    /// <summary>Waits until so much of the running answer has streamed; gives it.</summary>
    public async Task<string> UntilStreamedAsync(string sessionId, int characters, Cursor from = default)
    {
        var text = new StringBuilder();
        await foreach (var frames in Conversations.WatchAsync(Scope, sessionId, from, Ended).WithCancellation(Ended))
        {
            foreach (var delta in frames.OfType<DeltaFrame>())
                text.Append(delta.Text);
            if (text.Length >= characters)
                break;
        }
        return text.ToString();
    }

    /// <summary>The session's troubles, open and healed.</summary>
    public Task<IReadOnlyList<Trouble>> TroublesAsync(string sessionId) => Lab.Services.GetRequiredService<TroubleLog>().OfSessionAsync(Scope, [Project.Id], sessionId, Ended);

    /// <summary>Writes straight into the database.</summary>
    public Task WriteAsync(Action<Tx> work) => Lab.Services.GetRequiredService<Writer>().Write(work, Ended);

    /// <summary>Checks what holds of every session at rest: numbers without a gap, each event's turn begun before, one beginning a turn, allowed moves only.</summary>
    public async Task AssertOrderlyAsync(string sessionId) => Orderly(await EventsAsync(sessionId));

    public static void Orderly(IReadOnlyList<SessionEvent> events)
    {
        Assert.Equal(Enumerable.Range(1, events.Count).Select(number => (long)number), events.Select(each => each.Sequence));
        var status = SessionStatus.Idle;
        foreach (var moved in events.Select(each => each.Data).OfType<StatusChanged>())
        {
            Assert.Equal(status, moved.From);
            Assert.True(moved.From.MayBecome(moved.To), $"{moved.From} became {moved.To}");
            status = moved.To;
        }
        foreach (var turn in events.GroupBy(each => each.TurnId))
        {
            Assert.Single(turn, each => each.Data is TurnStarted);
            var requested = turn.Select(each => each.Data).OfType<ToolRequested>().Select(each => each.CallId).ToList();
            var ended = turn.Select(each => each.Data).Select(data => data switch { ToolFinished finished => finished.CallId, ToolRejected rejected => rejected.CallId, _ => null }).OfType<string>().ToList();
            Assert.Equal(requested.Order(), ended.Order());
        }
        // A turn's events stand together: nothing of an old one comes after a new one has begun.
        var runs = events.Select(each => each.TurnId).Where((turn, i) => i == 0 || events[i - 1].TurnId != turn).ToList();
        Assert.Equal(runs.Distinct(), runs);
    }

    public ValueTask DisposeAsync() => Lab.DisposeAsync();

    /// <summary>Sends, and waits until the session is idle again; gives the answer's text.</summary>
    public async Task<string> AskAsync(string sessionId, string text)
    {
        await SendAsync(sessionId, text);
        await UntilAsync(sessionId, SessionStatus.Idle);
        return await TextAsync(sessionId);
    }
}
