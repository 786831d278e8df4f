namespace Alumia.Lab.Tools;

/// <summary>What tools keep for a session from one call to the next, such as an open page. It is told when the session needs it no more.</summary>
public interface ISessionResources
{
    /// <summary>The session was cancelled or deleted: all that is kept for it in this process ends now. Knows no session that has nothing here.</summary>
    Task ReleaseAsync(string sessionId);
}
