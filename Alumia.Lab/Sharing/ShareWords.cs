using Alumia.Lab.Sessions;

namespace Alumia.Lab.Sharing;

/// <summary>How visitors are told of sessions: on what one waits, money or a connector, is none of their business.</summary>
internal static class ShareWords
{
    public static string Say(SessionStatus status) => status.IsParked() ? "waiting" : status.Word();

    /// <summary>Who wrote a turn's message.</summary>
    public static string Author(TurnView turn) => turn.From is { } peer ? $"From {peer.Name}" : "Member";
}
