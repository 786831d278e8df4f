namespace Alumia.Lab.Storage;

/// <summary>Rings once for however many news came since somebody listened. Ringing never blocks and never throws, so a subscriber of the change feed may.</summary>
public sealed class Bell(bool isRung = false) : IDisposable
{
    private readonly SemaphoreSlim _one = new(isRung ? 1 : 0, 1);

    public void Ring()
    {
        try
        {
            if (_one.CurrentCount == 0)
                _one.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // Rung already, or nobody listens any more.
        }
    }

    /// <summary>Returns when it has rung since the last time.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _one.WaitAsync(cancellation);

    public void Dispose() => _one.Dispose();
}
