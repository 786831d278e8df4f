using System.Net;
using System.Text.RegularExpressions;
using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Operations;

/// <summary>The audit trail as an owner takes it home, and nobody else.</summary>
public sealed class AuditFileTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private AgentDirectory Agents => shared.Lab.Services.GetRequiredService<AgentDirectory>();

    private ProjectDirectory Projects => shared.Lab.Services.GetRequiredService<ProjectDirectory>();

    [Fact]
    public async Task Deeds_on_agents_and_projects_are_in_it_once_each_with_who_did_what_and_how()
    {
        var owner = await People.FoundAsync(shared.Lab, "auditowner");
        var admin = await People.JoinAsync(shared.Lab, owner, "auditadmin", OrgRole.Admin);
        var edit = new AgentEdit("=Atlas", "", "#0e8a7d", "", (await Agents.FindAsync(owner, Agent.AlaSlug, Ended)).ModelId, null);
        var agent = await Agents.CreateAsync(owner, edit, Ended);
        await Agents.SetToolAsync(admin, agent.Id, "run_command", ToolRight.Off, Ended);
        await Agents.SetToolAsync(admin, agent.Id, "run_command", ToolRight.Off, Ended); // Nothing is changed by that.
        await Agents.UpdateAsync(admin, agent.Id, edit with { DailyLimit = 5 * Money.Dollar }, Ended);
        await Agents.SetPeersAsync(admin, agent.Id, [agent.Id], Ended);
        await Agents.SetActiveAsync(admin, agent.Id, false, Ended);
        await Agents.SetActiveAsync(admin, agent.Id, true, Ended);
        await Agents.DeleteAsync(admin, agent.Id, Ended);
        var project = await Projects.CreateAsync(owner, new ProjectEdit("Moon"), Ended);
        await Projects.ArchiveAsync(admin, project.Id, true, Ended);
        await Projects.ArchiveAsync(admin, project.Id, false, Ended);
        await Projects.DeleteAsync(admin, project.Id, Ended);

        var lines = await ReadAsync("auditowner", $"?person={admin.UserId}&kind=agent");
        Assert.Equal("Time (UTC),Who,What,Whom or which,How,Id", lines[0]);
        Assert.Equal(["agent.deleted,'=Atlas,", "agent.switched_on,'=Atlas,", "agent.switched_off,'=Atlas,", "agent.peers,'=Atlas,may message 1", "agent.limits,'=Atlas,\"a day $5.00, a session without limit\"", "agent.tool_right,'=Atlas,run_command: off"],
            lines.Skip(1).Select(Deed));
        Assert.Equal(["project.deleted,Moon,", "project.brought_back,Moon,", "project.archived,Moon,"], (await ReadAsync("auditadmin", "?kind=project")).Skip(1).Select(Deed));
        Assert.Equal(2, (await ReadAsync("auditowner", "?kind=project.deleted")).Length);
        Assert.Single(await ReadAsync("auditowner", "?kind=agent.tool"));
        var all = await ReadAsync("auditowner");
        Assert.Contains(all, line => line.Contains(",org.founded,", StringComparison.Ordinal));
        Assert.Contains(all, line => line.Contains(",member.joined,", StringComparison.Ordinal));
    }

    [Fact]
    public void The_operators_document_names_every_kind_of_deed_that_a_room_writes_down()
    {
        static IEnumerable<string> Kinds(string text, string mark) => Regex.Matches(text, $"{mark}([a-z_]+\\.[a-z_]+){mark}").Select(match => match.Groups[1].Value);
        var written = Directory.EnumerateFiles(Path.Combine(Repository.Root, "Alumia.Lab"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .Where(text => text.Contains("udit.Write(tx, ", StringComparison.Ordinal))
            .SelectMany(text => Kinds(text, "\""));
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var section = document[document.IndexOf("## The audit trail", StringComparison.Ordinal)..].Split("\n## ")[0];
        Assert.Equal(written.Distinct().Order(StringComparer.Ordinal), Kinds(section, "`").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Members_people_of_other_orgs_and_strangers_get_nothing()
    {
        var owner = await People.FoundAsync(shared.Lab, "auditsecret");
        await People.JoinAsync(shared.Lab, owner, "auditmember", OrgRole.Member);
        await People.FoundAsync(shared.Lab, "auditother");
        foreach (var name in new[] { "auditmember", "auditother" })
        {
            using var client = await People.BrowseAsync(shared.Lab, name);
            using var answer = await client.GetAsync("/auditsecret/settings/audit.csv", Ended);
            Assert.Equal((name, HttpStatusCode.NotFound), (name, answer.StatusCode));
            Assert.DoesNotContain("org.founded", await answer.Content.ReadAsStringAsync(Ended), StringComparison.Ordinal);
        }
        using var stranger = People.Anybody(shared.Lab);
        using var refused = await stranger.GetAsync("/auditsecret/settings/audit.csv", Ended);
        Assert.Contains(refused.StatusCode, new[] { HttpStatusCode.Redirect, HttpStatusCode.NotFound, HttpStatusCode.Unauthorized });
        var audit = shared.Lab.Services.GetRequiredService<Audit>();
        foreach (var read in new Func<OrgScope, Task>[] { scope => audit.ListAsync(scope, cancellation: Ended), scope => audit.ChoicesAsync(scope, Ended) })
            Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => read(owner with { Role = OrgRole.Member }))).Kind);
    }

    /// <summary>Without time, person and id.</summary>
    private static string Deed(string line) => string.Join(',', line.Split(',')[2..^1]);

    private async Task<string[]> ReadAsync(string name, string query = "")
    {
        using var client = await People.BrowseAsync(shared.Lab, name);
        using var answer = await client.GetAsync("/auditowner/settings/audit.csv" + query, Ended);
        Assert.Equal(("text/csv", "auditowner-audit.csv"), (answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.FileName?.Trim('"')));
        return (await answer.Content.ReadAsStringAsync(Ended)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }
}
