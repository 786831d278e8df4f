namespace Alumia.Lab.Mcp;

/// <summary>A use of a connection, which keeps it open until it is disposed.</summary>
internal sealed class McpUse(McpConnection connection, Action release) : IDisposable
{
    private Action? _release = release;

    public McpConnection Connection => connection;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
