using Alumia.Lab.Agents;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Peers;

/// <summary>
/// Delivers messages by beginning turns, and sends back what came of them: a turn's last text goes to whoever it was asked by, unless the agent wrote
/// to them itself. So an agent that only answers, as plain models do, answers its peers too.
/// </summary>
internal sealed class Mailbox : IMailbox
{
    public bool HasMail(Tx tx, string sessionId) => PeerMail.HasUnread(tx, sessionId);

    /// <summary>All that waits from the peer whose message waits longest: a turn answers one of them.</summary>
    public Mail? Next(Tx tx, Session session)
    {
        var unread = PeerMail.Unread(tx, session.Id);
        if (unread.Count == 0)
            return null;
        var first = unread[0];
        var those = unread.TakeWhile(message => message.FromSessionId == first.FromSessionId).ToList();
        var name = AgentDirectory.All(tx.Db, session.OrgId).Find(agent => agent.Id == first.FromAgentId)?.Name ?? "an agent that was deleted";
        var text = string.Join("\n\n", those.Select(message => message.IsByPerson ? $"(Written by a person in {name}'s place.)\n{message.Text}" : message.Text));
        return new Mail([.. those.Select(message => message.Id)], new NewMessage(first.Id, text), new PeerOrigin(first.FromSessionId, first.FromAgentId, name, those.TrueForAll(message => message.Kind != PeerMessageKind.Message)), those[^1].UserId);
    }

    public void Delivered(Tx tx, Mail mail, string turnId) => PeerMail.MarkRead(tx, mail.Ids, turnId);

    public void Ended(Tx tx, string sessionId, string turnId, SessionEventData ending)
    {
        // An interrupted turn may still be resumed, and answer then.
        if (ending is TurnFailed { Code: "interrupted" } || PeerMail.Unanswered(tx, sessionId, turnId) is not { Count: > 0 } unanswered || SessionRows.Find(tx, sessionId) is not { } session)
            return;
        var me = new Sender(session.OrgId, session.ProjectId, session.Id, session.AgentId);
        var name = AgentDirectory.All(tx.Db, session.OrgId).Find(agent => agent.Id == session.AgentId)?.Name ?? session.Label;
        string? answer = null;
        foreach (var asker in unanswered.GroupBy(message => message.FromSessionId))
        {
            if (SessionRows.Find(tx, asker.Key) is null || !Expects(tx, asker.Key, asker.Select(message => message.Kind), sessionId))
                continue;
            if (ending is TurnFailed failed)
                PeerMail.Send(tx, me, asker.Key, PeerMessageKind.Notice, $"({name} could not answer: {failed.Message})", asker.Last().UserId);
            else
                PeerMail.Send(tx, me, asker.Key, PeerMessageKind.Answer, answer ??= FinalText.Of(tx, sessionId, turnId) is { Length: > 0 } text ? text : $"({name} ended without a word.)", asker.Last().UserId);
        }
    }

    /// <summary>Who asked expects an answer. Who only replied expects none, unless it waits for one now.</summary>
    private static bool Expects(Tx tx, string askerSessionId, IEnumerable<PeerMessageKind> kinds, string sessionId) =>
        kinds.Contains(PeerMessageKind.Message)
        || (Participants.WaitOf(tx.Db, askerSessionId) is { Kind: PeerWait.Kind } condition && PeerWait.Of(condition) is var wait && wait.EndsBy(sessionId) && (wait.For.Count == 0 || wait.For.Contains(sessionId)));
}
