using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Peers;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Peers;

/// <summary>A project of its own with named agents, each in a session, driven by directives to the stand-in.</summary>
internal sealed class PeerBench(Bench bench, string projectId)
{
    public Bench Bench => bench;

    public string ProjectId => projectId;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<PeerBench> NewAsync(Bench bench) =>
        new(bench, (await bench.Lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(bench.Scope, new ProjectEdit($"Peers {Guid.NewGuid():N}"), Ended)).Id);

    /// <summary>An agent of the org; made where there is none of this name.</summary>
    public async Task<Agent> AgentAsync(string name)
    {
        var directory = bench.Lab.Services.GetRequiredService<AgentDirectory>();
        return (await directory.ListAsync(bench.Scope, Ended)).FirstOrDefault(agent => agent.Name == name)
            ?? await directory.CreateAsync(bench.Scope, AgentEdit.Of(bench.Ala) with { Name = name }, Ended);
    }

    /// <summary>A session of an agent of this name, at rest.</summary>
    public async Task<string> SessionAsync(string name) =>
        (await bench.Conversations.CreateAsync(bench.Scope, projectId, (await AgentAsync(name)).Id, cancellation: Ended)).Id;

    /// <summary>The sessions of an agent here, the oldest first.</summary>
    public async Task<List<Session>> SessionsAsync(string name)
    {
        var agent = await AgentAsync(name);
        return [.. (await bench.Conversations.ListAsync(bench.Scope, projectId, Ended)).Where(session => session.AgentId == agent.Id).OrderBy(session => session.Id, StringComparer.Ordinal)];
    }

    /// <summary>All messages between peers here, in the order sent.</summary>
    public async Task<List<PeerMessage>> MessagesAsync()
    {
        await using var db = bench.Lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext();
        return await db.Set<PeerMessage>().Where(message => message.OrgId == bench.Scope.OrgId && message.ProjectId == projectId).OrderBy(message => message.SentAtMs).ThenBy(message => message.Id).ToListAsync(Ended);
    }

    /// <summary>A session's troubles, open and healed.</summary>
    public Task<IReadOnlyList<Trouble>> TroublesAsync(string session) =>
        bench.Lab.Services.GetRequiredService<TroubleLog>().OfSessionAsync(bench.Scope, [projectId], session, Ended);

    public async Task<List<ToolFinished>> CallsAsync(string session, string tool) => [.. (await bench.EventsAsync<ToolFinished>(session)).Where(finished => finished.Tool == tool)];

    public Task UntilAsync(string session, SessionStatus status) => bench.UntilAsync(session, status);

    public Task SendAsync(string session, string text) => bench.SendAsync(session, text);

    /// <summary>The turns that peers' messages began in a session.</summary>
    public async Task<List<TurnStarted>> PeersTurnsAsync(string session) => [.. (await bench.EventsAsync<TurnStarted>(session)).Where(turn => turn.From is not null)];

    /// <summary>A directive that calls a tool.</summary>
    public static string Call(string tool, object arguments) => $"[[tool {tool} {JsonSerializer.Serialize(arguments)}]]";

    public static string Spawn(string? agent, string task) =>
        Call("spawn_agent", new Dictionary<string, string?> { ["agent"] = agent, ["task"] = task }.Where(pair => pair.Value is not null).ToDictionary());

    public static string Tell(string to, string text) => Call("message_agent", new { to, text });

    public static string Check(string? from = null, double? seconds = null) =>
        Call("check_messages", new Dictionary<string, object> { ["from"] = from!, ["seconds"] = seconds! }.Where(pair => pair.Value is not null).ToDictionary());
}
