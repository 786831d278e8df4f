namespace Alumia.Lab.Limits;

/// <summary>What a limit says to one request.</summary>
/// <param name="IsAllowed">It may pass, and was counted.</param>
/// <param name="RetryAfterMs">Where it may not: after so long it may, if nobody else comes meanwhile.</param>
/// <param name="Remaining">How many more may pass now.</param>
/// <param name="ResetMs">When the oldest that counts stops counting.</param>
[GenerateSerializer, Immutable]
public readonly record struct LimitVerdict([property: Id(0)] bool IsAllowed, [property: Id(1)] long RetryAfterMs, [property: Id(2)] int Remaining, [property: Id(3)] long ResetMs);

/// <summary>
/// At most so many in any stretch of so long. It remembers the instant of each that passed, so its answer is exact: who waits just as long as
/// it says passes, and no stretch holds more than the limit.
/// </summary>
public sealed class SlidingWindow(int most, TimeSpan length)
{
    private readonly Queue<long> _passed = new();
    private readonly long _lengthMs = (long)length.TotalMilliseconds;

    /// <summary>Nothing counts any more.</summary>
    public bool IsEmptyAt(long nowMs)
    {
        Forget(nowMs);
        return _passed.Count == 0;
    }

    /// <summary>Asks for one, at an instant in UTC ms that is never before the last one's.</summary>
    public LimitVerdict Take(long nowMs)
    {
        Forget(nowMs);
        if (_passed.Count >= most)
            return new LimitVerdict(false, _passed.Peek() + _lengthMs - nowMs, 0, _passed.Peek() + _lengthMs - nowMs);
        _passed.Enqueue(nowMs);
        return new LimitVerdict(true, 0, most - _passed.Count, _passed.Peek() + _lengthMs - nowMs);
    }

    private void Forget(long nowMs)
    {
        while (_passed.TryPeek(out var oldest) && oldest + _lengthMs <= nowMs)
            _passed.Dequeue();
    }
}
