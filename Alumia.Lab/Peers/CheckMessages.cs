using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tools;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Peers;

/// <summary>
/// Reads what peers wrote, or waits for it: the turn is parked meanwhile. Reading is in the transaction that ends the call, and so is the look
/// whether the wait would close a circle.
/// </summary>
internal sealed class CheckMessages(IOptions<PeersOptions> options, PeerTroubles troubles) : ITool
{
    public string Name => "check_messages";

    public string Description => "Reads the messages that other agents sent you. Where none has come yet, it waits for one of the agents that you messaged and have not heard from, "
        + "or for the one that you name. It returns with the first that comes; call it again for more.";

    public JsonElement Schema { get; } = Arguments.Schema("""
        {"type":"object","properties":{
          "from":{"type":"string","minLength":1,"description":"Only messages of this agent (its name, or the id of its session)."},
          "seconds":{"type":"number","minimum":0,"maximum":86400,"description":"How long to wait for one; 0 only looks."}},
        "additionalProperties":false}
        """);

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return new ToolOutput.Decided(tx => Check(PeerScene.Open(tx, call.Context), call));
    }

    private ToolOutput Check(PeerScene scene, ToolCall call)
    {
        var (tx, me) = (scene.Tx, scene.Me);
        var from = call.Text("from") is { } name ? scene.Meant(name) : null;
        var unread = PeerMail.Unread(tx, me.SessionId, from?.SessionId);
        if (unread.Count > 0)
        {
            PeerMail.MarkRead(tx, unread.Select(message => message.Id), call.Context.TurnId);
            return new ToolOutput.Result(string.Join("\n\n", unread.Select(message => Envelope(scene.Group, message))));
        }
        List<string> awaited = from is not null ? [from.SessionId] : PeerMail.Awaited(tx, me.SessionId);
        var seconds = call.Number("seconds");
        if (seconds == 0 || (seconds is null && awaited.Count == 0))
            return new ToolOutput.Result(awaited.Count == 0 ? "No messages, and nobody owes you an answer." : $"No messages yet. {PeerWords.Names(awaited.Select(scene.Group.Get))} has not answered.");
        if (me.Session.HasQueue)
            return new ToolOutput.Result("No message has come yet. A person wrote to you meanwhile: end your turn, and you will read it.");
        var wait = new PeerWait(from?.SessionId, awaited, call.SinceMs);
        var graph = WaitGraph.Read(tx.Db, scene.Group, (me.SessionId, wait));
        var dueAtMs = call.SinceMs + (long)((seconds ?? options.Value.WaitSeconds) * 1000);
        if (tx.NowMs >= dueAtMs)
        {
            graph = WaitGraph.Read(tx.Db, PeerGroup.Read(tx.Db, call.Context.OrgId, call.Context.ProjectId), (me.SessionId, wait));
            return new ToolOutput.Result($"No message came within {PeerWords.Span(tx.NowMs - call.SinceMs)}. {PeerTroubles.Why(graph, me.SessionId, tx.NowMs)}");
        }
        if (graph.VerdictOf(me.SessionId) == WaitVerdict.Deadlocked)
        {
            troubles.Raise(tx, graph, me.SessionId);
            return new ToolOutput.Error($"This wait would never end. {PeerTroubles.Why(graph, me.SessionId, tx.NowMs)} You closed the circle, so you must open it: "
                + "answer one of them with message_agent, or go on without the answer.");
        }
        tx.Changed(PeerMail.ProjectKey(call.Context.ProjectId));
        return new ToolOutput.Park(Awaited.Peer, PeerWait.Kind, wait.For.Count == 0 ? "It waits for a message of any agent." : $"It waits for {PeerWords.Names(wait.For.Select(scene.Group.Get))}.",
            $"{PeerMail.Key(me.SessionId)} {Conversations.Key(me.SessionId)}", dueAtMs, wait.ToJson());
    }

    private static string Envelope(PeerGroup group, UnreadMessage message) =>
        $"From {group.Find(message.FromSessionId)?.Name ?? "an agent that is gone"}{(message.IsByPerson ? " (written by a person in its place)" : "")}, {(message.Kind is PeerMessageKind.Answer or PeerMessageKind.Reply ? "in answer to you" : message.Kind == PeerMessageKind.Notice ? "a notice of the lab" : "a message")}:\n{message.Text}";
}
