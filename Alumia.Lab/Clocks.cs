namespace Alumia.Lab;

public static class Clocks
{
    /// <summary>The clock's time in UTC milliseconds, the form in which every instant is stored.</summary>
    public static long NowMs(this TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
