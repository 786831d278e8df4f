namespace Alumia.Lab.Models;

/// <summary>Ends a stream that has sent nothing for too long, and tells that from a cancel.</summary>
internal sealed class SilenceWatch : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _both;
    private readonly CancellationToken _cancel;

    public SilenceWatch(TimeSpan limit, TimeProvider clock, CancellationToken cancel)
    {
        (_limit, _cancel) = (limit, cancel);
        _timer = new CancellationTokenSource(limit, clock);
        _both = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancel);
    }

    public CancellationToken Token => _both.Token;

    /// <summary>Whether it was silence, and not the caller, that ended it.</summary>
    public bool IsSilent => _timer.IsCancellationRequested && !_cancel.IsCancellationRequested;

    /// <summary>Something came: the time begins anew.</summary>
    public void Heard() => _timer.CancelAfter(_limit);

    public void Dispose()
    {
        _both.Dispose();
        _timer.Dispose();
    }
}
