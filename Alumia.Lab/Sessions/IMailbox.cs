using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>Who sent a message that no person wrote: an agent in another session; in answer to what it was sent from here, or of its own.</summary>
public sealed record PeerOrigin(string SessionId, string AgentId, string Name, bool IsAnswer = false);

/// <summary>What begins a session's next turn: the messages that it delivers, and on whose behalf.</summary>
internal sealed record Mail(IReadOnlyList<string> Ids, NewMessage Message, PeerOrigin From, string? UserId);

/// <summary>
/// Messages of other sessions, and what a turn's end means to who asked. The room of peers has them; all of it happens inside the transaction that
/// begins or ends the turn, so each message is delivered once, whatever crashes.
/// </summary>
internal interface IMailbox
{
    /// <summary>Whether something waits that would begin a turn.</summary>
    bool HasMail(Tx tx, string sessionId);

    /// <summary>What is to begin the session's next turn; null for nothing. The session's row is held.</summary>
    Mail? Next(Tx tx, Session session);

    /// <summary>The mail has begun this turn.</summary>
    void Delivered(Tx tx, Mail mail, string turnId);

    /// <summary>The turn has ended, with a <see cref="TurnFinished"/> or <see cref="TurnFailed"/>; its events are stored.</summary>
    void Ended(Tx tx, string sessionId, string turnId, SessionEventData ending);
}
