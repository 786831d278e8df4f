using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Peers;

/// <summary>Begins a session of an agent with a task. An agent of a name that is not there is made, as its maker is.</summary>
internal sealed class SpawnAgent(Spawning spawning, IServiceProvider services) : ITool
{
    public string Name => "spawn_agent";

    public string Description => "Begins another agent with a task, in a session of its own, and returns at once: it works beside you. Its answer comes by itself and is read with check_messages.";

    public JsonElement Schema { get; } = Arguments.Schema("""
        {"type":"object","properties":{
          "agent":{"type":"string","minLength":1,"maxLength":255,"description":"The agent's name. One that does not exist yet is made, with your tools and your model. Left out: another session of yourself."},
          "task":{"type":"string","minLength":1,"description":"What it is to do: all that it needs to know, for it does not see your conversation."},
          "label":{"type":"string","maxLength":255,"description":"A name for its session."}},
        "required":["task"],"additionalProperties":false}
        """);

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The registry holds this tool too: it is there only once all tools are.
        var tools = await services.GetRequiredService<ToolRegistry>().AllAsync(call.Context.OrgId, cancellation);
        yield return new ToolOutput.Decided(tx => Begin(PeerScene.Open(tx, call.Context), call, tools));
    }

    private ToolOutput.Result Begin(PeerScene scene, ToolCall call, IReadOnlyList<ITool> tools)
    {
        var name = call.Text("agent");
        var known = name is null ? scene.Me.Agent : scene.Group.AgentOf(name);
        var agent = known ?? spawning.Create(scene, name!, $"Made by {scene.Me.Name}.", $"You are {name}, an agent that works with others. Do what you are asked and say what came of it.", null, []);
        var session = spawning.Begin(scene, agent, call.Text("task")!, call.Text("label"), call.Context.UserId, tools);
        return new ToolOutput.Result($"{agent.Name}{(known is null ? ", a new agent with your tools and model," : "")} begins now in session {session}. Wait for its answer with check_messages.");
    }
}
