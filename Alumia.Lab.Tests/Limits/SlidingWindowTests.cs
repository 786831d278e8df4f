using Alumia.Lab.Limits;
using CsCheck;

namespace Alumia.Lab.Tests.Limits;

/// <summary>A limit that is exact both ways.</summary>
public sealed class SlidingWindowTests
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private static readonly Gen<(int Most, long[] Pauses)> _callers = Gen.Select(Gen.Int[1, 20], Gen.Long[0, 20_000].Array[1, 200]);

    [Fact]
    public void Sixty_pass_in_a_minute_and_the_sixty_first_is_told_when()
    {
        var window = new SlidingWindow(60, _minute);
        for (var i = 0; i < 60; i++)
            Assert.Equal(59 - i, window.Take(1_000 + i).Remaining);
        var refused = window.Take(1_100);
        Assert.Equal((false, 59_900L), (refused.IsAllowed, refused.RetryAfterMs));
        Assert.False(window.Take(60_999).IsAllowed);
        Assert.True(window.Take(61_000).IsAllowed);
        Assert.False(window.Take(61_000).IsAllowed);
    }

    [Fact]
    public void Who_waits_just_as_long_as_told_passes() => _callers.Sample(callers =>
    {
        var (window, now) = (new SlidingWindow(callers.Most, _minute), 0L);
        foreach (var pause in callers.Pauses)
        {
            now += pause;
            var verdict = window.Take(now);
            if (verdict.IsAllowed)
                continue;
            Assert.InRange(verdict.RetryAfterMs, 1, 60_000);
            now += verdict.RetryAfterMs;
            Assert.True(window.Take(now).IsAllowed);
        }
    });

    [Fact]
    public void No_minute_holds_more_than_the_limit() => _callers.Sample(callers =>
    {
        var (window, now, passed) = (new SlidingWindow(callers.Most, _minute), 0L, new List<long>());
        foreach (var pause in callers.Pauses)
        {
            now += pause;
            if (window.Take(now).IsAllowed)
                passed.Add(now);
        }
        Assert.All(passed, from => Assert.InRange(passed.Count(at => at >= from && at < from + 60_000), 1, callers.Most));
    });
}
