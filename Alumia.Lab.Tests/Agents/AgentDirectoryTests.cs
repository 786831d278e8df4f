using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Projects;
using Microsoft.Extensions.Configuration;

namespace Alumia.Lab.Tests.Agents;

public sealed class AgentDirectoryTests : IAsyncLifetime
{
    private static readonly ModelCatalogue _models = new(new ConfigurationBuilder().Build());
    private static readonly AgentEdit _edit = new("Researcher", "", "#0e8a7d", "", _models.DefaultModelId, null);
    private readonly OrgScope _member = new("org_1", "one", "usr_1", OrgRole.Member);
    private LabDatabase _database = null!;
    private AgentDirectory _agents = null!;
    private Agent _ala = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await LabDatabase.CreateAsync(StorageProvider.Sqlite);
        _agents = new AgentDirectory(_database.Contexts, _database.Writer, _models, new Audit(_database.Contexts, new NoNames()));
        var org = new Alumia.Lab.Organizations.Org { Id = _member.OrgId, Slug = _member.OrgSlug, Name = "One", CreatedAtMs = 1 };
        await _database.Writer.Write(tx => new AlaFounder(_models).OrgFounded(tx, org, _member.UserId), Ct);
        _ala = await _agents.FindAsync(_member, Agent.AlaSlug, Ct);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task An_org_is_born_with_Ala_active_and_on_a_free_model()
    {
        var ala = Assert.Single(await _agents.ListAsync(_member, Ct));
        Assert.True(ala is { Name: "Ala", IsActive: true, IsAla: true });
        Assert.True(_models.Find(ala.ModelId)!.IsFree);
    }

    [Theory, BothProviders]
    public async Task Agents_of_one_name_that_are_made_at_once_are_all_made(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        var agents = new AgentDirectory(database.Contexts, database.Writer, _models, new Audit(database.Contexts, new NoNames()));
        for (var round = 0; round < 10; round++)
        {
            var edit = _edit with { Name = $"Peer {(char)('a' + round)}" };
            var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => agents.CreateAsync(_member, edit, isActive: true, Ct), Ct)));
            Assert.Equal(made.Length, made.Select(agent => agent.Slug).Distinct().Count());
        }
    }

    [Theory, BothProviders]
    public async Task Tools_that_are_switched_at_once_are_all_switched(StorageProvider provider)
    {
        await using var database = await LabDatabase.CreateAsync(provider);
        var agents = new AgentDirectory(database.Contexts, database.Writer, _models, new Audit(database.Contexts, new NoNames()));
        var agent = await agents.CreateAsync(_member, _edit with { Name = "Peer" }, isActive: true, Ct);
        var tools = Enumerable.Range(0, 40).Select(number => $"tool_{number}").ToList();
        await Task.WhenAll(tools.Select((tool, number) => Task.Run(() => agents.SetToolAsync(_member, agent.Id, tool, (ToolRight)(number % 3), Ct), Ct)));
        var switched = await agents.FindAsync(_member, agent.Slug, Ct);
        Assert.All(tools, (tool, number) => Assert.Equal((ToolRight)(number % 3), switched.Chosen(tool)));
    }

    [Fact]
    public async Task Ala_is_neither_renamed_nor_deactivated_nor_deleted()
    {
        await RefusedAsync(RefusalKind.Conflict, () => _agents.UpdateAsync(_member, _ala.Id, AgentEdit.Of(_ala) with { Name = "Eva" }, Ct));
        await RefusedAsync(RefusalKind.Conflict, () => _agents.SetActiveAsync(_member, _ala.Id, false, Ct));
        await RefusedAsync(RefusalKind.Conflict, () => _agents.DeleteAsync(_member, _ala.Id, Ct));
        Assert.True(await _agents.FindAsync(_member, Agent.AlaSlug, Ct) is { Name: "Ala", IsActive: true });
    }

    [Fact]
    public async Task All_else_of_Ala_may_change()
    {
        var paid = _models.Models.First(model => !model.IsFree).Id;
        await _agents.UpdateAsync(_member, _ala.Id, AgentEdit.Of(_ala) with { ModelId = paid, SystemPrompt = "Be brief.", Colour = "#ABCDEF", ReasoningEffort = "high" }, Ct);
        await _agents.SetToolAsync(_member, _ala.Id, "wait", ToolRight.Off, Ct);
        var ala = await _agents.FindAsync(_member, Agent.AlaSlug, Ct);
        Assert.True(ala is { SystemPrompt: "Be brief.", Colour: "#ABCDEF", ReasoningEffort: "high", IsAla: true });
        Assert.Equal(paid, ala.ModelId);
        Assert.Equal(["wait"], ala.ToolsOff);
    }

    [Fact]
    public async Task Agents_of_one_name_get_slugs_of_their_own_and_keep_them_when_renamed()
    {
        var slugs = new List<string>();
        foreach (var name in new[] { "Deep Research", "deep, research", "Ala", "→" })
            slugs.Add((await _agents.CreateAsync(_member, _edit with { Name = name }, Ct)).Slug);
        Assert.Equal(["deep-research", "deep-research-2", "ala-2", "agent"], slugs);
        var first = await _agents.FindAsync(_member, "deep-research", Ct);
        await _agents.UpdateAsync(_member, first.Id, AgentEdit.Of(first) with { Name = "Slow research" }, Ct);
        Assert.Equal("Slow research", (await _agents.FindAsync(_member, "deep-research", Ct)).Name);
    }

    [Fact]
    public async Task Tools_are_switched_one_by_one()
    {
        var agent = await _agents.CreateAsync(_member, _edit, Ct);
        await _agents.SetToolAsync(_member, agent.Id, "wait", ToolRight.Off, Ct);
        await _agents.SetToolAsync(_member, agent.Id, "current_time", ToolRight.Off, Ct);
        await _agents.SetToolAsync(_member, agent.Id, "current_time", ToolRight.Off, Ct);
        Assert.Equal(["current_time", "wait"], (await _agents.FindAsync(_member, agent.Id, Ct)).ToolsOff);
        await _agents.SetToolAsync(_member, agent.Id, "current_time", ToolRight.Allow, Ct);
        Assert.Equal(["wait"], (await _agents.FindAsync(_member, agent.Id, Ct)).ToolsOff);
    }

    public static TheoryData<string, AgentEdit> Wrong => new()
    {
        { "name", _edit with { Name = "  " } },
        { "name", _edit with { Name = new string('a', 256) } },
        { "description", _edit with { Description = new string('a', 5_001) } },
        { "systemPrompt", _edit with { SystemPrompt = new string('a', 20_001) } },
        { "colour", _edit with { Colour = "red;background:url(x)" } },
        { "model", _edit with { ModelId = "groq/no-such-model" } },
        { "reasoningEffort", _edit with { ReasoningEffort = "enormous" } },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_breaks_a_limit_is_refused_by_name(string field, AgentEdit edit)
    {
        var refused = await RefusedAsync(RefusalKind.Invalid, () => _agents.CreateAsync(_member, edit, Ct));
        Assert.Equal([field], refused.Fields.Keys);
        await RefusedAsync(RefusalKind.Invalid, () => _agents.UpdateAsync(_member, _ala.Id, edit, Ct));
    }

    [Fact]
    public async Task The_longest_that_is_allowed_is_kept()
    {
        var longest = _edit with { Name = new string('n', 255), Description = new string('d', 5_000), SystemPrompt = new string('s', 20_000) };
        var agent = await _agents.CreateAsync(_member, longest, Ct);
        Assert.Equal(longest, AgentEdit.Of(await _agents.FindAsync(_member, agent.Id, Ct)));
    }

    [Fact]
    public async Task A_viewer_sees_agents_and_changes_none()
    {
        var viewer = _member with { Role = OrgRole.Viewer };
        Assert.Single(await _agents.ListAsync(viewer, Ct));
        await RefusedAsync(RefusalKind.Forbidden, () => _agents.CreateAsync(viewer, _edit, Ct));
        await RefusedAsync(RefusalKind.Forbidden, () => _agents.UpdateAsync(viewer, _ala.Id, AgentEdit.Of(_ala), Ct));
        await RefusedAsync(RefusalKind.Forbidden, () => _agents.SetToolAsync(viewer, _ala.Id, "wait", ToolRight.Off, Ct));
        await RefusedAsync(RefusalKind.Forbidden, () => _agents.SetActiveAsync(viewer, _ala.Id, true, Ct));
        await RefusedAsync(RefusalKind.Forbidden, () => _agents.DeleteAsync(viewer, _ala.Id, Ct));
    }

    [Fact]
    public async Task Another_orgs_agents_do_not_exist()
    {
        var other = new OrgScope("org_2", "two", "usr_2", OrgRole.Owner);
        Assert.Empty(await _agents.ListAsync(other, Ct));
        await RefusedAsync(RefusalKind.NotFound, () => _agents.FindAsync(other, _ala.Id, Ct));
        await RefusedAsync(RefusalKind.NotFound, () => _agents.UpdateAsync(other, _ala.Id, AgentEdit.Of(_ala), Ct));
        await RefusedAsync(RefusalKind.NotFound, () => _agents.DeleteAsync(other, _ala.Id, Ct));
        await RefusedAsync(RefusalKind.NotFound, () => _agents.GetAsync(other.OrgId, _ala.Id, Ct));
    }

    [Fact]
    public async Task A_change_is_told_to_the_agents_watchers_and_to_the_lists()
    {
        var told = new List<string>();
        using var all = _database.Feed.SubscribeAll(key => { lock (told) told.Add(key); });
        await _agents.SetToolAsync(_member, _ala.Id, "wait", ToolRight.Off, Ct);
        await Eventually.True(() => { lock (told) return told.ToHashSet().SetEquals([$"agent:{_ala.Id}", "agents:org_1", "audit:org_1"]); }, "the keys were told");
    }

    private static async Task<Refusal> RefusedAsync(RefusalKind kind, Func<Task> deed)
    {
        var refused = await Assert.ThrowsAsync<Refusal>(deed);
        Assert.Equal(kind, refused.Kind);
        return refused;
    }
}
