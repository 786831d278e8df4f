using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Peers;

/// <summary>Sends a message to a peer of the same project; the sending is in the transaction that ends the call.</summary>
internal sealed class MessageAgent(PeerLimits limits) : ITool
{
    public const string ToolName = "message_agent";

    public string Name => ToolName;

    public string Description => "Sends a message to another agent that is at work in this project, and returns at once. It works beside you; its answer comes by itself and is read with check_messages. "
        + "If it had asked you something, this is your answer to it.";

    public JsonElement Schema { get; } = Arguments.Schema("""
        {"type":"object","properties":{
          "to":{"type":"string","minLength":1,"description":"The agent's name, or the id of its session as list_agents gives it."},
          "text":{"type":"string","minLength":1,"description":"The message: all that it needs to know, for it does not see your conversation."}},
        "required":["to","text"],"additionalProperties":false}
        """);

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return new ToolOutput.Decided(tx => Send(PeerScene.Open(tx, call.Context), call));
    }

    private ToolOutput.Result Send(PeerScene scene, ToolCall call)
    {
        var (me, peer, text) = (scene.Me, scene.Meant(call.Text("to")!), call.Text("text")!);
        limits.CheckMessage(scene.Tx, me, peer, text);
        var isReply = PeerMail.Owes(scene.Tx, me.SessionId, peer.SessionId);
        PeerMail.Send(scene.Tx, me.Sender, peer.SessionId, isReply ? PeerMessageKind.Reply : PeerMessageKind.Message, text, call.Context.UserId);
        return new ToolOutput.Result($"{(isReply ? "Answered" : "Sent to")} {peer.Name}, which is {peer.Session.Status.Word()} since {PeerWords.Since(peer.Session.SinceMs, scene.Tx.NowMs)}.{(isReply ? "" : " Wait for its answer with check_messages.")}");
    }
}
