namespace Alumia.Lab.Limits;

/// <summary>What a limit says to one request.</summary>
/// <param name="IsAllowed">It may pass, and was counted.</param>
/// <param name="AtMs">When it was asked, in UTC ms; what is given back is named by it.</param>
/// <param name="RetryAfterMs">Where it may not: after so long it may, if nobody else comes meanwhile.</param>
/// <param name="Remaining">How many more may pass now.</param>
/// <param name="ResetMs">When the oldest that counts stops counting.</param>
[GenerateSerializer, Immutable]
public readonly record struct LimitVerdict(
    [property: Id(0)] bool IsAllowed, [property: Id(1)] long AtMs, [property: Id(2)] long RetryAfterMs, [property: Id(3)] int Remaining, [property: Id(4)] long ResetMs);

/// <summary>
/// At most so many in any stretch of so long. It remembers the instant of each that passed, so its answer is exact: who waits just as long as
/// it says passes, and no stretch holds more than the limit.
/// </summary>
public sealed class SlidingWindow(int most, TimeSpan length)
{
    private readonly long _lengthMs = (long)length.TotalMilliseconds;
    private Queue<long> _passed = new();

    /// <summary>Asks for one, at an instant in UTC ms that is never before the last one's.</summary>
    public LimitVerdict Take(long nowMs)
    {
        Forget(nowMs);
        var resetMs = _passed.TryPeek(out var oldest) ? oldest + _lengthMs - nowMs : _lengthMs;
        if (_passed.Count >= most)
            return new LimitVerdict(false, nowMs, resetMs, 0, resetMs);
        _passed.Enqueue(nowMs);
        return new LimitVerdict(true, nowMs, 0, most - _passed.Count, resetMs);
    }

    /// <summary>One that passed at this instant counts no more: it turned out to cost nothing.</summary>
    public void GiveBack(long atMs)
    {
        var given = false;
        _passed = new Queue<long>(_passed.Where(passed => given || passed != atMs || !(given = true)));
    }

    private void Forget(long nowMs)
    {
        while (_passed.TryPeek(out var oldest) && oldest + _lengthMs <= nowMs)
            _passed.Dequeue();
    }
}
