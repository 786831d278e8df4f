using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Peers;

/// <summary>What mends a wait for a peer.</summary>
internal static class PeerFixes
{
    public const string List = "list_participants";
    public const string FollowUp = "follow_up";
    public const string Answer = "answer_for_peer";
    public const string Cancel = "cancel_session";

    /// <summary>The sessions of a deadlock, in the argument of this name, with spaces between: each waits for the next, and the last for one of them.</summary>
    public const string Loop = "loop";

    /// <summary>The sessions of a deadlock that a trouble names, in the order of their waits; empty for none.</summary>
    public static string[] LoopOf(Trouble trouble) => trouble.Fixes.Find(fix => fix.Kind == List)?[Loop].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The fixes of a wait, the likeliest first.</summary>
    public static IEnumerable<Fix> Of(Peer waiter, Peer? peer, WaitVerdict verdict, IReadOnlyList<WaitEdge> chain)
    {
        Fix list = new(List, "List participants", new() { ["session"] = waiter.SessionId, [Loop] = verdict == WaitVerdict.Deadlocked ? string.Join(' ', chain.Select(edge => edge.Waiter.SessionId)) : "" });
        Fix cancel = new(Cancel, "Cancel session", new() { ["session"] = waiter.SessionId });
        if (peer is null)
            return [list, cancel];
        var arguments = new Dictionary<string, string> { ["session"] = waiter.SessionId, ["peer"] = peer.SessionId };
        Fix followUp = new(FollowUp, "Follow up", arguments) { Asks = $"A message from {waiter.Name} to {peer.Name}" };
        Fix answer = new(Answer, "Answer for the peer", arguments) { Asks = $"What {peer.Name} would answer {waiter.Name}" };
        return verdict == WaitVerdict.Deadlocked ? [answer, followUp, list, cancel] : [followUp, list, answer, cancel];
    }
}

/// <summary>Shows the list as <c>list_agents</c> gives it to the session that waits.</summary>
internal sealed class ListParticipantsFix(Conversations conversations, ListAgents agents) : IFixHandler
{
    public string Kind => PeerFixes.List;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        var session = await conversations.FindAsync(scope, fix["session"], cancellation);
        return new FixOutcome(await agents.SayAsync(scope.OrgId, session.ProjectId, session.Id));
    }
}

/// <summary>Sends the peer a message from the session that waits, written by the person.</summary>
internal sealed class FollowUpFix(PersonsMessages messages) : IFixHandler
{
    public string Kind => PeerFixes.FollowUp;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        new($"Sent to {await messages.SendAsync(scope, fix["session"], fix["peer"], fix["text"], PeerMessageKind.Message, cancellation)}.");
}

/// <summary>Sends the session that waits an answer in the peer's name, written by the person.</summary>
internal sealed class AnswerForPeerFix(PersonsMessages messages) : IFixHandler
{
    public string Kind => PeerFixes.Answer;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        new($"Answered {await messages.SendAsync(scope, fix["peer"], fix["session"], fix["text"], PeerMessageKind.Answer, cancellation)}.");
}

/// <summary>Messages between sessions that a person writes in an agent's place.</summary>
internal sealed class PersonsMessages(Conversations conversations, Writer writer, PeerLimits limits)
{
    /// <summary>Sends it, and returns the receiver's name.</summary>
    /// <exception cref="Refusal">Either session is gone, the person may not send, or the text is no good.</exception>
    public async Task<string> SendAsync(OrgScope scope, string fromSessionId, string toSessionId, string text, PeerMessageKind kind, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        if (string.IsNullOrWhiteSpace(text))
            throw Refusal.Invalid("text", "The message is empty.");
        var from = await conversations.FindAsync(scope, fromSessionId, cancellation);
        await conversations.FindAsync(scope, toSessionId, cancellation);
        return await writer.Write(tx =>
        {
            var scene = PeerScene.Open(tx, scope.OrgId, from.ProjectId, fromSessionId);
            var peer = scene.Group.Get(toSessionId);
            limits.CheckMessage(tx, scene.Me, peer, text);
            PeerMail.Send(tx, scene.Me.Sender, peer.SessionId, kind, text.Trim(), scope.UserId, isByPerson: true);
            return peer.Name;
        }, cancellation);
    }
}
