using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Peers;

/// <summary>Keeps an agent for later: a definition that people and agents can use.</summary>
internal sealed class CreateAgent(Spawning spawning) : ITool
{
    public string Name => "create_agent";

    public string Description => "Makes a new agent of the organization and keeps it for later: spawn_agent begins a session of it. It gets no tool, model or peer that you do not have.";

    public JsonElement Schema { get; } = Arguments.Schema("""
        {"type":"object","properties":{
          "name":{"type":"string","minLength":1,"maxLength":255},
          "instructions":{"type":"string","minLength":1,"maxLength":20000,"description":"Its system prompt: who it is and how it works."},
          "description":{"type":"string","maxLength":5000,"description":"For people: what it is for."},
          "model":{"type":"string","description":"A model of the catalogue that is no dearer than yours. Left out: yours."},
          "tools_off":{"type":"array","items":{"type":"string"},"description":"Names of tools that it is not to have."}},
        "required":["name","instructions"],"additionalProperties":false}
        """);

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return new ToolOutput.Decided(tx =>
        {
            var off = call.Arguments.TryGetProperty("tools_off", out var names) ? names.EnumerateArray().Select(name => name.GetString()!) : [];
            var made = spawning.Create(PeerScene.Open(tx, call.Context), call.Text("name")!, call.Text("description") ?? "", call.Text("instructions")!, call.Text("model"), off);
            return new ToolOutput.Result($"The agent {made.Name} ({made.Slug}) is made, on the model {made.ModelId}. spawn_agent begins a session of it.");
        });
    }
}
