using Alumia.Lab.Limits;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.AiSdk;

/// <summary>A turn that a client follows.</summary>
/// <param name="Session">Whose.</param>
/// <param name="Parts">What makes its parts.</param>
/// <param name="From">From where its frames are read: before its first.</param>
/// <param name="Limit">What is left of the sender's limit.</param>
/// <param name="Waiting">The message, where another turn runs first.</param>
internal sealed record ChatTurn(Session Session, UiParts Parts, Cursor From, LimitVerdict? Limit = null, NewMessage? Waiting = null);
