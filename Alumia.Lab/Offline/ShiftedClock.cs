namespace Alumia.Lab.Offline;

/// <summary>
/// The lab's clock in Development: the system's, moved by the desk's switch. Timers and measured durations are not moved,
/// so what only waits (Orleans among it) notices nothing.
/// </summary>
public sealed class ShiftedClock : TimeProvider
{
    private long _aheadTicks;

    public TimeSpan Ahead
    {
        get => new(Interlocked.Read(ref _aheadTicks));
        set => Interlocked.Exchange(ref _aheadTicks, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
