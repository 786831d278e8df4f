namespace Alumia.Lab.Limits;

/// <summary>One subject's count in one group; its key is <c>group/subject</c>. A grain, so that it holds over all copies of the lab.</summary>
internal interface ILimitGrain : IGrainWithStringKey
{
    /// <summary>Asks for one of at most so many in so many milliseconds.</summary>
    Task<LimitVerdict> TakeAsync(int most, long lengthMs);

    /// <summary>What was taken at this instant (UTC ms) counts no more.</summary>
    Task GiveBackAsync(long atMs);
}

internal sealed class LimitGrain(TimeProvider clock) : Grain, ILimitGrain
{
    private SlidingWindow? _window;
    private (int, long) _limit;

    public Task<LimitVerdict> TakeAsync(int most, long lengthMs)
    {
        if (_window is null || _limit != (most, lengthMs))
            (_window, _limit) = (new SlidingWindow(most, TimeSpan.FromMilliseconds(lengthMs)), (most, lengthMs));
        return Task.FromResult(_window.Take(clock.NowMs()));
    }

    public Task GiveBackAsync(long atMs)
    {
        _window?.GiveBack(atMs);
        return Task.CompletedTask;
    }
}
