using System.Reflection;
using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Api;
using Alumia.Lab.Billing;
using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Mcp;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Peers;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Sharing;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Layout;

/// <summary>
/// Every service call that takes an <see cref="OrgScope"/>, made with the scope of somebody who must not see what it is about: it finds
/// nothing, and changes nothing. A call that is new and not in the table fails the test.
/// </summary>
public sealed class ServiceIsolationTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static readonly Type[] _services =
        [typeof(Conversations), typeof(AgentDirectory), typeof(ProjectDirectory), typeof(TroubleLog), typeof(BlockShelf), typeof(SessionCopies),
        typeof(BlockCopies), typeof(CanvasBoard), typeof(CanvasArchive), typeof(Members), typeof(Invitations), typeof(Audit), typeof(ApiKeys),
        typeof(Deposits), typeof(TopUps), typeof(BillingReading), typeof(ProviderKeys), typeof(PeerTraffic), typeof(SessionWaits), typeof(ShareLinks), typeof(McpServers)];

    /// <summary>Calls that name nothing of anybody's: they act in the org of the scope.</summary>
    private static readonly string[] _nameNothing =
        ["AgentDirectory.CreateAsync", "ProjectDirectory.CreateAsync", "ProjectDirectory.ApiProjectAsync", "ApiKeys.CreateAsync", "CanvasArchive.ImportAsync", "Invitations.MakeAsync", "Members.LeaveAsync", "Audit.Write", "ProjectDirectory.Visible", "ProjectDirectory.MayChange",
        "Deposits.StartAsync", "Deposits.CheckOpenAsync", "TopUps.ChangeAsync", "ProviderKeys.AddAsync", "ProviderKeys.MayChange", "McpServers.AddAsync", "McpServers.MayChange"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    [Fact]
    public void The_table_has_every_call_that_takes_a_scope()
    {
        var calls = _services.SelectMany(service => service.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(OrgScope)))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}").Distinct();
        Assert.Equal(calls.Except(_nameNothing).Order(), Table(new Things()).Select(call => call.Name).Order());
    }

    [Fact]
    public async Task With_the_scope_of_another_org_every_call_finds_nothing_and_changes_nothing()
    {
        var owner = await People.FoundAsync(Lab, "theirs");
        var things = await MakeAsync(owner, owner);
        var outsider = await People.FoundAsync(Lab, "outsider");
        foreach (var call in Table(things))
            await AssertFindsNothingAsync(call, outsider, things);
        await AssertUnchangedAsync(owner, things);
    }

    [Fact]
    public async Task A_private_project_and_all_in_it_is_there_for_its_maker_and_the_orgs_owners_and_admins_alone()
    {
        var owner = await People.FoundAsync(Lab, "discreet");
        var maker = await People.JoinAsync(Lab, owner, "discreet-maker", OrgRole.Member);
        var things = await MakeAsync(owner, maker);
        var admin = await People.JoinAsync(Lab, owner, "discreet-admin", OrgRole.Admin);
        var aboutProject = Table(things).Where(call => call.IsAboutProject).ToList();
        var (member, viewer) = (await People.JoinAsync(Lab, owner, "discreet-member", OrgRole.Member), await People.JoinAsync(Lab, owner, "discreet-viewer", OrgRole.Viewer));
        foreach (var call in aboutProject)
        {
            await AssertFindsNothingAsync(call, member, things);
            if (!call.Changes) // A viewer may change nothing anyhow.
                await AssertFindsNothingAsync(call, viewer, things);
        }
        foreach (var scope in new[] { owner, admin, maker })
            await AssertUnchangedAsync(scope, things);
    }

    [Fact]
    public async Task A_viewer_reads_all_that_is_open_and_can_neither_send_nor_change()
    {
        var owner = await People.FoundAsync(Lab, "readable");
        var things = await MakeAsync(owner, owner, ProjectVisibility.Team);
        var viewer = await People.JoinAsync(Lab, owner, "readable-viewer", OrgRole.Viewer);
        await AssertUnchangedAsync(viewer, things);
        foreach (var call in Table(things).Where(call => call.Changes))
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(() => call.Make(viewer));
            Assert.Equal((call.Name, RefusalKind.Forbidden), (call.Name, refusal.Kind));
        }
        await AssertUnchangedAsync(owner, things);
    }

    private static async Task AssertFindsNothingAsync(Call call, OrgScope scope, Things things)
    {
        object? found;
        try
        {
            found = await call.Make(scope);
        }
        catch (Refusal refusal)
        {
            Assert.Equal((call.Name, RefusalKind.NotFound), (call.Name, refusal.Kind));
            return;
        }
        Assert.False(call.Changes, $"{call.Name} was not refused");
        var told = JsonSerializer.Serialize(found);
        Assert.All(call.IsAboutProject ? [things.Project, things.Session, things.Block, things.Trouble] : things.Ids, id => Assert.False(told.Contains(id, StringComparison.Ordinal), $"{call.Name} tells of {id}: {told}"));
    }

    /// <summary>All is there, as it was made, for whom it is open.</summary>
    private async Task AssertUnchangedAsync(OrgScope scope, Things things)
    {
        var session = await Get<Conversations>().FindAsync(scope, things.Session, Ct);
        Assert.Equal(("As it was", SessionStatus.Failed), (session.Label, session.Status));
        var project = await Get<ProjectDirectory>().FindAsync(scope, things.Project, Ct);
        Assert.Equal(("As it was", (long?)null), (project.Name, project.ArchivedAtMs));
        Assert.Equal(SharedParts.Messages, (await Get<ShareLinks>().FindAsync(scope, things.Project, Ct)).Link?.Parts);
        var agent = await Get<AgentDirectory>().FindAsync(scope, things.Agent, Ct);
        Assert.Equal(("As it was", true, 0), (agent.Name, agent.IsActive, agent.ToolsOff.Count));
        Assert.Equal("As it was", (await Get<BlockShelf>().GetAsync(scope, things.Block, Ct)).Content);
        Assert.Contains(await Get<TroubleLog>().OpenAsync(scope, [things.Project], Ct), trouble => trouble.Id == things.Trouble);
        Assert.Contains(await Get<Members>().ListAsync(scope, Ct), member => member.UserId == things.Person && member.Role == OrgRole.Member);
        if (scope.Can(OrgRole.Admin))
            Assert.Contains(await Get<ApiKeys>().ListAsync(scope, Ct), line => line.Key.Id == things.Key && line.State == KeyState.Active);
        Assert.Equal("As it was", Assert.Single(await Get<McpServers>().ListAsync(scope, Ct), line => line.Id == things.Server).Name);
        Assert.Equal(things.OwnKey, Assert.Single(await Get<ProviderKeys>().ListAsync(scope, Ct)).Id);
        Assert.Contains(await Get<Deposits>().ListAsync(scope, null, 10, Ct), row => row.Id == things.Deposit && row.Status == DepositStatus.Pending && row.ReturnedAtMs is null);
        if (scope.Can(OrgRole.Admin))
            Assert.Contains(await Get<Invitations>().ListAsync(scope, Ct), invitation => invitation.Id == things.Invitation);
    }

    private async Task<Things> MakeAsync(OrgScope owner, OrgScope maker, ProjectVisibility visibility = ProjectVisibility.Private)
    {
        var person = await People.JoinAsync(Lab, owner, $"{owner.OrgSlug}-person", OrgRole.Member);
        await Get<Invitations>().MakeAsync(owner, OrgRole.Viewer, 1, cancellation: Ct);
        var project = await Get<ProjectDirectory>().CreateAsync(maker, new ProjectEdit("As it was") { Visibility = visibility }, Ct);
        var ala = await Get<AgentDirectory>().FindAsync(maker, Agent.AlaSlug, Ct);
        var agent = await Get<AgentDirectory>().CreateAsync(maker, AgentEdit.Of(ala) with { Name = "As it was" }, Ct);
        var session = await Get<Conversations>().CreateAsync(maker, project.Id, agent.Id, label: "As it was", cancellation: Ct);
        await Get<Conversations>().SendAsync(maker, session.Id, new NewMessage("m1", "[[cut 3]] [[long 10]] Anything"), Ct);
        await Eventually.Value(() => Get<Conversations>().FindAsync(maker, session.Id, Ct), now => now.Status == SessionStatus.Failed, "the session has a trouble");
        var block = await Get<BlockShelf>().PutAsync(new ToolContext(maker.OrgId, project.Id, session.Id, agent.Id, "turn", maker.UserId), BlockKind.Document, "As it was", "As it was", null, Ct);
        var trouble = Assert.Single(await Get<TroubleLog>().OpenAsync(maker, [project.Id], Ct));
        var invitation = Assert.Single(await Get<Invitations>().ListAsync(owner, Ct));
        var key = await Get<ApiKeys>().CreateAsync(owner, "As it was", KeyScopes.All, null, Ct);
        var ownKey = await Get<ProviderKeys>().AddAsync(owner, "mistral", "offline-good-as-it-was", Ct);
        var deposit = await Get<Deposits>().StartAsync(owner, 2_500, null, false, Ct);
        await Get<ShareLinks>().SwitchOnAsync(maker, project.Id, SharedParts.Messages, Ct);
        var server = await Get<Writer>().Write(tx =>
        {
            var row = new McpServer { Id = Id.New("mcp", tx.NowMs), OrgId = owner.OrgId, Name = "As it was", Slug = "as-it-was", Address = "https://mcp.example.com", CreatedAtMs = tx.NowMs };
            tx.Db.Add(row);
            return row.Id;
        }, Ct);
        return new Things(owner.OrgId, project.Id, agent.Id, session.Id, block.Id, trouble.Id, invitation.Id, person.UserId, key.Key.Id, deposit.DepositId, ownKey.Id, server, AgentEdit.Of(agent) with { Description = "Changed" }, trouble.Fixes[0].Label);
    }

    private T Get<T>() where T : notnull => Lab.Services.GetRequiredService<T>();

    private IReadOnlyList<Call> Table(Things it)
    {
        var (chats, agents, projects, troubles, blocks, members, invitations, audit) =
            (Get<Conversations>(), Get<AgentDirectory>(), Get<ProjectDirectory>(), Get<TroubleLog>(), Get<BlockShelf>(), Get<Members>(), Get<Invitations>(), Get<Audit>());
        var (board, keys, deposits, topUps, billing, servers) = (Get<CanvasBoard>(), Get<ApiKeys>(), Get<Deposits>(), Get<TopUps>(), Get<BillingReading>(), Get<McpServers>());
        return
        [
            Change("Conversations.CreateAsync", scope => chats.CreateAsync(scope, it.Project, it.Agent, cancellation: Ct)),
            Read("Conversations.ListAsync", scope => chats.ListAsync(scope, it.Project, Ct)),
            Read("Conversations.NewestAsync", scope => chats.NewestAsync(scope, null, null, 100, Ct)),
            Read("Conversations.FindAsync", scope => chats.FindAsync(scope, it.Session, Ct)),
            Change("Conversations.RenameAsync", scope => chats.RenameAsync(scope, it.Session, "Changed", Ct)),
            Change("Conversations.ChooseAsync", scope => chats.ChooseAsync(scope, it.Session, Agent.AlaSlug, null, Ct)),
            Change("Conversations.DeleteAsync", scope => chats.DeleteAsync(scope, it.Session, Ct)),
            Change("Conversations.RestoreAsync", scope => chats.RestoreAsync(scope, it.Session, Ct)),
            Change("Conversations.SendAsync", scope => chats.SendAsync(scope, it.Session, new NewMessage("m2", "Changed"), Ct)),
            Change("Conversations.CancelAsync", scope => chats.CancelAsync(scope, it.Session, Ct)),
            Change("Conversations.ResumeAsync", scope => chats.ResumeAsync(scope, it.Session, Ct)),
            Change("Conversations.AnswerAsync", scope => chats.AnswerAsync(scope, it.Session, "call_1", ApprovalAnswer.Approved, null, Ct)),
            Change("Conversations.GiveUpAsync", scope => chats.GiveUpAsync(scope, it.Session, "call_1", "Gone", Ct)),
            Change("Conversations.CancelCallAsync", scope => chats.CancelCallAsync(scope, it.Session, "call_1", Ct)),
            Read("SessionWaits.ListAsync", scope => Get<SessionWaits>().ListAsync(scope, Ct)),
            Read("Conversations.QueueAsync", scope => chats.QueueAsync(scope, it.Session, Ct)),
            Change("Conversations.UnqueueAsync", scope => chats.UnqueueAsync(scope, it.Session, "m1", Ct)),
            Read("Conversations.PageAsync", scope => chats.PageAsync(scope, it.Session, cancellation: Ct)),
            Read("Conversations.LastTurnsAsync", scope => chats.LastTurnsAsync(scope, [it.Session], Ct)),
            Read("Conversations.WatchAsync", async scope => await chats.WatchAsync(scope, it.Session, default, Ct).FirstAsync(Ct)),
            OfOrg(Read("Deposits.ListAsync", scope => deposits.ListAsync(scope, null, 10, Ct))),
            OfOrg(Read("Deposits.GetAsync", scope => deposits.GetAsync(scope, it.Deposit, Ct))),
            OfOrg(Read("Deposits.TimelineAsync", scope => deposits.TimelineAsync(scope, it.Deposit, Ct))),
            OfOrg(Change("Deposits.CheckNowAsync", scope => deposits.CheckNowAsync(scope, it.Deposit, Ct))),
            OfOrg(Change("Deposits.ReturnedAsync", scope => deposits.ReturnedAsync(scope, it.Deposit, Ct))),
            OfOrg(Read("TopUps.GetAsync", scope => topUps.GetAsync(scope, Ct))),
            OfOrg(Read("BillingReading.ReadAsync", scope => billing.ReadAsync(scope, 10, Ct))),
            OfOrg(Read("AgentDirectory.ListAsync", scope => agents.ListAsync(scope, Ct))),
            OfOrg(Read("AgentDirectory.FindAsync", scope => agents.FindAsync(scope, it.Agent, Ct))),
            OfOrg(Change("AgentDirectory.UpdateAsync", scope => agents.UpdateAsync(scope, it.Agent, it.Edit!, Ct))),
            OfOrg(Change("AgentDirectory.SetToolAsync", scope => agents.SetToolAsync(scope, it.Agent, "wait", ToolRight.Off, Ct))),
            OfOrg(Change("AgentDirectory.SetPeersAsync", scope => agents.SetPeersAsync(scope, it.Agent, [], Ct))),
            OfOrg(Change("AgentDirectory.SetActiveAsync", scope => agents.SetActiveAsync(scope, it.Agent, false, Ct))),
            OfOrg(Change("AgentDirectory.DeleteAsync", scope => agents.DeleteAsync(scope, it.Agent, Ct))),
            Read("ProjectDirectory.ListAsync", scope => projects.ListAsync(scope, null, false, Ct)),
            Read("ProjectDirectory.IdsAsync", scope => projects.IdsAsync(scope, Ct)),
            Read("ProjectDirectory.FindAsync", scope => projects.FindAsync(scope, it.Project, Ct)),
            Change("ProjectDirectory.UpdateAsync", scope => projects.UpdateAsync(scope, it.Project, new ProjectEdit("Changed"), Ct)),
            Change("ProjectDirectory.RenameAsync", scope => projects.RenameAsync(scope, it.Project, "Changed", Ct)),
            Change("ProjectDirectory.ArchiveAsync", scope => projects.ArchiveAsync(scope, it.Project, true, Ct)),
            Change("ProjectDirectory.DeleteAsync", scope => projects.DeleteAsync(scope, it.Project, Ct)),
            Read("TroubleLog.OpenAsync", async scope => await troubles.OpenAsync(scope, await projects.IdsAsync(scope, Ct), Ct)),
            Read("TroubleLog.HealedAsync", async scope => await troubles.HealedAsync(scope, await projects.IdsAsync(scope, Ct), 10, Ct)),
            Read("TroubleLog.OfSessionAsync", async scope => await troubles.OfSessionAsync(scope, await projects.IdsAsync(scope, Ct), it.Session, Ct)),
            Change("TroubleLog.ApplyAsync", scope => troubles.ApplyAsync(scope, it.Trouble, it.Fix, Ct)),
            Read("BlockShelf.GetAsync", scope => blocks.GetAsync(scope, it.Block, Ct)),
            Read("BlockShelf.VersionsAsync", scope => blocks.VersionsAsync(scope, it.Block, Ct)),
            Read("BlockShelf.ListAsync", scope => blocks.ListAsync(scope, it.Project, Ct)),
            Read("BlockShelf.SearchAsync", scope => blocks.SearchAsync(scope, it.Project, "was", Ct)),
            Read("BlockShelf.ContentAsync", scope => blocks.ContentAsync(scope, it.Block, null, Ct)),
            Change("BlockShelf.CreateAsync", scope => blocks.CreateAsync(scope, it.Project, BlockKind.Document, "Changed", "Changed", Ct)),
            Change("BlockShelf.EditAsync", scope => blocks.EditAsync(scope, it.Block, 1, "Changed", "Changed", Ct)),
            Change("BlockShelf.SettleAsync", scope => blocks.SettleAsync(scope, it.Block, 1, ClashChoice.UseShown, Ct)),
            Change("BlockShelf.RevertAsync", scope => blocks.RevertAsync(scope, it.Block, 1, Ct)),
            Change("BlockShelf.DuplicateAsync", scope => blocks.DuplicateAsync(scope, it.Block, Ct)),
            Change("BlockShelf.DeleteAsync", scope => blocks.DeleteAsync(scope, [it.Block], Ct)),
            Change("BlockShelf.RestoreAsync", scope => blocks.RestoreAsync(scope, [it.Block], Ct)),
            Read("SessionCopies.ReadAsync", scope => Get<SessionCopies>().ReadAsync(scope, it.Project, Ct)),
            Read("BlockCopies.ReadAsync", scope => Get<BlockCopies>().ReadAsync(scope, it.Project, Ct)),
            Read("CanvasArchive.ExportAsync", scope => Get<CanvasArchive>().ExportAsync(scope, it.Project, Ct)),
            Read("PeerTraffic.ReadAsync", scope => Get<PeerTraffic>().ReadAsync(scope, it.Project, Ct)),
            Read("CanvasBoard.ReadAsync", scope => board.ReadAsync(scope, it.Project, Ct)),
            Change("CanvasBoard.MoveAsync", scope => board.MoveAsync(scope, it.Project, [new NodeMove(it.Block, 1, 1)], Ct)),
            Change("CanvasBoard.ResizeAsync", scope => board.ResizeAsync(scope, it.Project, it.Block, 300, 300, Ct)),
            Change("CanvasBoard.CollapseAsync", scope => board.CollapseAsync(scope, it.Project, it.Block, true, Ct)),
            Read("ShareLinks.FindAsync", scope => Get<ShareLinks>().FindAsync(scope, it.Project, Ct)),
            Read("ShareLinks.ListAsync", scope => Get<ShareLinks>().ListAsync(scope, Ct)),
            Change("ShareLinks.SwitchOnAsync", scope => Get<ShareLinks>().SwitchOnAsync(scope, it.Project, SharedParts.All, Ct)),
            Change("ShareLinks.SwitchOffAsync", scope => Get<ShareLinks>().SwitchOffAsync(scope, it.Project, Ct)),
            OfOrg(Read("Members.ListAsync", scope => members.ListAsync(scope, Ct))),
            OfOrg(Change("Members.ChangeRoleAsync", scope => members.ChangeRoleAsync(scope, it.Person, OrgRole.Viewer, Ct))),
            OfOrg(Change("Members.RemoveAsync", scope => members.RemoveAsync(scope, it.Person, Ct))),
            OfOrg(Read("Invitations.ListAsync", scope => invitations.ListAsync(scope, Ct))),
            OfOrg(Change("Invitations.RevokeAsync", scope => invitations.RevokeAsync(scope, it.Invitation, Ct))),
            OfOrg(Read("ApiKeys.ListAsync", scope => keys.ListAsync(scope, Ct))),
            OfOrg(Read("ApiKeys.RefusalsAsync", scope => keys.RefusalsAsync(scope, Ct))),
            OfOrg(Change("ApiKeys.RevokeAsync", scope => keys.RevokeAsync(scope, it.Key, Ct))),
            OfOrg(Change("ApiKeys.UndoRevokeAsync", scope => keys.UndoRevokeAsync(scope, it.Key, Ct))),
            OfOrg(Change("ApiKeys.RegenerateAsync", scope => keys.RegenerateAsync(scope, it.Key, TimeSpan.Zero, Ct))),
            OfOrg(Read("ProviderKeys.ListAsync", scope => Get<ProviderKeys>().ListAsync(scope, Ct))),
            OfOrg(Change("ProviderKeys.RemoveAsync", scope => Get<ProviderKeys>().RemoveAsync(scope, it.OwnKey, Ct))),
            OfOrg(Read("McpServers.ListAsync", scope => servers.ListAsync(scope, Ct))),
            OfOrg(Change("McpServers.RemoveAsync", scope => servers.RemoveAsync(scope, it.Server, Ct))),
            OfOrg(Change("McpServers.TryAgainAsync", scope => servers.TryAgainAsync(scope, it.Server, Ct))),
            OfOrg(Change("McpServers.ConfirmAsync", scope => servers.ConfirmAsync(scope, it.Server, "tool", "hash", Ct))),
            OfOrg(Read("Audit.ListAsync", scope => audit.ListAsync(scope, cancellation: Ct))),
            OfOrg(Read("Audit.ChoicesAsync", scope => audit.ChoicesAsync(scope, Ct))),
        ];
    }

    private static Call Read<T>(string name, Func<OrgScope, Task<T>> call) => new(name, async scope => await call(scope), true, false);

    private static Call Change(string name, Func<OrgScope, Task> call) => new(name, async scope =>
    {
        await call(scope);
        return null;
    }, true, true);

    private static Call OfOrg(Call call) => call with { IsAboutProject = false };

    private sealed record Call(string Name, Func<OrgScope, Task<object?>> Make, bool IsAboutProject, bool Changes);

    private sealed record Things(
        string Org = "", string Project = "", string Agent = "", string Session = "", string Block = "", string Trouble = "", string Invitation = "", string Person = "", string Key = "", string Deposit = "", string OwnKey = "", string Server = "",
        AgentEdit? Edit = null, string Fix = "")
    {
        public string[] Ids => [Org, Project, Agent, Session, Block, Trouble, Invitation, Person, Key, Deposit, OwnKey, Server];
    }
}
