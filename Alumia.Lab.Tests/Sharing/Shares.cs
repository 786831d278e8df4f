using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Sharing;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sharing;

/// <summary>A project of a running lab that is shared.</summary>
internal sealed class Shares
{
    private readonly LabHost _lab;

    private Shares(LabHost lab, OrgScope owner, Project project) => (_lab, Owner, Project) = (lab, owner, project);

    public OrgScope Owner { get; }

    public Project Project { get; }

    /// <summary>Where the link leads, without the host.</summary>
    public string Path { get; private set; } = "";

    public string Token => Path["/share/".Length..];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<Shares> MakeAsync(LabHost lab, string owner, ProjectEdit? edit = null)
    {
        var scope = await People.FoundAsync(lab, owner);
        return await MakeAsync(lab, scope, edit);
    }

    public static async Task<Shares> MakeAsync(LabHost lab, OrgScope owner, ProjectEdit? edit = null) =>
        new(lab, owner, await lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(owner, edit ?? new ProjectEdit("Open house"), Ended));

    public async Task<Shares> OnAsync(SharedParts parts = SharedParts.All)
    {
        await Links.SwitchOnAsync(Owner, Project.Id, parts, Ended);
        Path = new Uri((await Links.FindAsync(Owner, Project.Id, Ended)).Address!).AbsolutePath;
        return this;
    }

    public Task OffAsync() => Links.SwitchOffAsync(Owner, Project.Id, Ended);

    public ShareLinks Links => _lab.Services.GetRequiredService<ShareLinks>();

    public ProjectDirectory Projects => _lab.Services.GetRequiredService<ProjectDirectory>();

    public Conversations Conversations => _lab.Services.GetRequiredService<Conversations>();

    /// <summary>A new session with a message, which is under way when this returns.</summary>
    public async Task<Session> SayAsync(string text, string? agentId = null)
    {
        agentId ??= (await _lab.Services.GetRequiredService<AgentDirectory>().FindAsync(Owner, Agent.AlaSlug, Ended)).Id;
        var session = await Conversations.CreateAsync(Owner, Project.Id, agentId, cancellation: Ended);
        await SendAsync(session, text);
        return session;
    }

    public Task SendAsync(Session session, string text) => Conversations.SendAsync(Owner, session.Id, new NewMessage(Guid.NewGuid().ToString("N"), text), Ended);

    public Task IdleAsync(Session session) =>
        Eventually.True(async () => (await Conversations.FindAsync(Owner, session.Id, Ended)).Status == SessionStatus.Idle, "the session is idle");

    public Task<Block> WriteAsync(string title, string content) =>
        _lab.Services.GetRequiredService<BlockShelf>().CreateAsync(Owner, Project.Id, BlockKind.Document, title, content, Ended);
}
