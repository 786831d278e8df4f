using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Api;
using Alumia.Lab.Blocks;
using Alumia.Lab.Connectors;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Api;

/// <summary>
/// Every endpoint that the running lab has, called by those who must not: with another org's ids, with a key that lacks the scope, by a viewer.
/// A new endpoint that names somebody's things in a way that <see cref="ApiCall"/> does not know fails the first test.
/// </summary>
public sealed class EndpointTableTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    [Fact]
    public void Every_endpoint_is_known_here_and_says_what_a_key_needs()
    {
        var all = ApiCall.Of(Lab);
        Assert.True(all.Count >= 25, $"only {all.Count} endpoints were found");
        Assert.Empty(all.Where(call => !call.IsKnown).Select(call => call.Name));
        Assert.Empty(all.Where(call => call.Needs is null && !call.IsBrowserOnly).Select(call => call.Name));
        Assert.Empty(all.Where(call => call is { Changes: true, Needs: KeyScopes.Read }).Select(call => call.Name));
    }

    [Fact]
    public async Task What_is_another_orgs_is_404_everywhere_and_nothing_of_it_is_told_or_changed()
    {
        var owner = await People.FoundAsync(Lab, "thelma");
        var things = await MakeAsync(owner);
        using var outsider = await ApiClient.OfAsync(Lab, await People.FoundAsync(Lab, "theo"));
        foreach (var call in ApiCall.Of(Lab).Where(call => !call.IsBrowserOnly))
        {
            var (status, body) = await call.MakeAsync(outsider, things);
            Assert.Equal((call.Name, call.NamesNothing ? 200 : 404), (call.Name, status));
            Assert.Equal((call.Name, call.NamesNothing ? null : "NOT_FOUND"), (call.Name, CodeOf(body)));
            Assert.All(new[] { things.Agent, things.Project, things.Session, things.Block, things.Connection, owner.OrgId, "As it was" }, told =>
                Assert.False(body.GetRawText().Contains(told, StringComparison.Ordinal), $"{call.Name} tells of {told}: {body}"));
        }
        await AssertUnchangedAsync(owner, things);
    }

    [Fact]
    public async Task A_key_without_the_scope_gets_403_and_one_with_it_alone_passes()
    {
        var owner = await People.FoundAsync(Lab, "tilda");
        var things = await MakeAsync(owner);
        var nothing = new ApiThings("agt_none", "prj_none", "ses_none", "blk_none");
        foreach (var call in ApiCall.Of(Lab).Where(call => call.Needs is not null && !call.IsBrowserOnly))
        {
            using var without = await ApiClient.OfAsync(Lab, owner, KeyScopes.All & ~call.Needs!.Value);
            var (status, body) = await call.MakeAsync(without, things);
            Assert.Equal((call.Name, 403, "FORBIDDEN"), (call.Name, status, CodeOf(body)));
            using var with = await ApiClient.OfAsync(Lab, owner, call.Needs.Value);
            // About nothing that is there, so that it changes nothing for the next one.
            Assert.Equal((call.Name, call.NamesNothing ? 200 : 404), (call.Name, (await call.MakeAsync(with, nothing)).Status));
        }
        await AssertUnchangedAsync(owner, things);
    }

    [Fact]
    public async Task A_viewer_reads_everything_and_gets_403_for_every_change()
    {
        var owner = await People.FoundAsync(Lab, "toni");
        var things = await MakeAsync(owner);
        var member = await People.JoinAsync(Lab, owner, "tonis-viewer", OrgRole.Member);
        using var viewer = await ApiClient.OfAsync(Lab, member);
        await Lab.Services.GetRequiredService<Members>().ChangeRoleAsync(owner, member.UserId, OrgRole.Viewer, Ended);
        foreach (var call in ApiCall.Of(Lab).Where(call => !call.IsBrowserOnly))
        {
            var (status, body) = await call.MakeAsync(viewer, things);
            if (call.Changes)
                Assert.Equal((call.Name, 403, "FORBIDDEN"), (call.Name, status, CodeOf(body)));
            else
                Assert.True(status is 200 or 204, $"{call.Name}: {status} {body}");
        }
        await AssertUnchangedAsync(owner, things);
    }

    private static string? CodeOf(JsonElement body) => body.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;

    private async Task<ApiThings> MakeAsync(OrgScope owner)
    {
        var project = await Get<ProjectDirectory>().CreateAsync(owner, new ProjectEdit("As it was"), Ended);
        var ala = await Get<AgentDirectory>().FindAsync(owner, Agent.AlaSlug, Ended);
        var agent = await Get<AgentDirectory>().CreateAsync(owner, AgentEdit.Of(ala) with { Name = "As it was" }, Ended);
        var session = await Get<Conversations>().CreateAsync(owner, project.Id, agent.Id, label: "As it was", cancellation: Ended);
        var block = await Get<BlockShelf>().CreateAsync(owner, project.Id, BlockKind.Document, "As it was", "As it was", Ended);
        var connection = new Connection
        {
            Id = Id.New("cnn", Get<TimeProvider>()),
            OrgId = owner.OrgId,
            Connector = "gmail",
            OwnerId = owner.UserId,
            Account = "As it was",
            Status = ConnectionStatus.Connected,
            StatusAtMs = 0,
            CreatedAtMs = 0,
        };
        await Get<Writer>().Write(tx => tx.Db.Add(connection), Ended);
        return new ApiThings(agent.Id, project.Id, session.Id, block.Id, connection.Id);
    }

    private async Task AssertUnchangedAsync(OrgScope owner, ApiThings things)
    {
        Assert.Equal("As it was", (await Get<AgentDirectory>().FindAsync(owner, things.Agent, Ended)).Name);
        Assert.Equal("As it was", (await Get<ProjectDirectory>().FindAsync(owner, things.Project, Ended)).Name);
        Assert.Equal("As it was", Assert.Single(await Get<Conversations>().ListAsync(owner, things.Project, Ended)).Label);
        Assert.Equal((things.Connection, "As it was"), Assert.Single((await Get<Connections>().ListAsync(owner, Ended)).Select(line => (line.Id, line.Account))));
        Assert.Equal("As it was", (await Get<BlockShelf>().GetAsync(owner, Assert.Single(await Get<BlockShelf>().ListAsync(owner, things.Project, Ended)).Id, Ended)).Content);
    }

    private T Get<T>() where T : notnull => Lab.Services.GetRequiredService<T>();
}
