using Microsoft.JSInterop;

namespace Alumia.Lab;

/// <summary>A call to a browser's script outlives the page it was for: the line is cut, the call is cancelled, or what it would give is disposed by then.</summary>
internal static class PageGone
{
    public static bool Explains(Exception exception) => exception is JSDisconnectedException or OperationCanceledException or ObjectDisposedException;
}
