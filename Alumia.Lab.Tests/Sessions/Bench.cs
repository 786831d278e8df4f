using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>The demo org of a running lab, with what tests of sessions need at hand.</summary>
internal sealed class Bench
{
    private Bench(LabHost lab, OrgScope scope, Project project, Agent ala) => (Lab, Scope, Project, Ala) = (lab, scope, project, ala);

    public LabHost Lab { get; }

    public OrgScope Scope { get; }

    public Project Project { get; }

    public Agent Ala { get; }

    public Conversations Conversations => Lab.Services.GetRequiredService<Conversations>();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Makes (or finds) the demo org of this lab.</summary>
    public static async Task<Bench> OfAsync(LabHost lab)
    {
        using var services = lab.Services.CreateScope();
        var user = await services.ServiceProvider.GetRequiredService<DemoLab>().OpenAsync(Ended);
        var scope = await services.ServiceProvider.GetRequiredService<OrgDirectory>().ScopeAsync(user.Id, DemoLab.Slug, Ended);
        var project = (await lab.Services.GetRequiredService<ProjectDirectory>().ListAsync(scope!, null, false, Ended))[0];
        var ala = await lab.Services.GetRequiredService<AgentDirectory>().FindAsync(scope!, Agent.AlaSlug, Ended);
        return new Bench(lab, scope!, project, ala);
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
        return (await db.Set<SessionEventRecord>().Where(row => row.SessionId == sessionId).OrderBy(row => row.Sequence).ToListAsync(Ended)).ConvertAll(row => row.ToEvent());
    }

    /// <summary>The events' payloads of one kind.</summary>
    public async Task<List<T>> EventsAsync<T>(string sessionId) where T : SessionEventData => [.. (await EventsAsync(sessionId)).Select(each => each.Data).OfType<T>()];

    /// <summary>Sends, and waits until the session is idle again; gives all text that was written.</summary>
    public async Task<string> AskAsync(string sessionId, string text)
    {
        await SendAsync(sessionId, text);
        await UntilAsync(sessionId, SessionStatus.Idle);
        return string.Concat((await EventsAsync<TextWritten>(sessionId)).Select(each => each.Text));
    }
}
