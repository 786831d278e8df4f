using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Alumia.Lab.Tests.Harness;

/// <summary>Waits for what another thread or process brings about, and tells how long it took. The one place where tests poll.</summary>
public static class Eventually
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits until the condition holds; <paramref name="what"/> names what is awaited.</summary>
    public static Task True(Func<bool> condition, string what, TimeSpan? timeout = null) =>
        Value(condition, holds => holds, what, timeout);

    /// <inheritdoc cref="True(Func{bool}, string, TimeSpan?)"/>
    public static Task True(Func<Task<bool>> condition, string what, TimeSpan? timeout = null) =>
        Value(condition, holds => holds, what, timeout);

    /// <summary>Waits until a value is equal to what is expected.</summary>
    public static Task<T> Equal<T>(T expected, Func<T> read, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(read))] string what = "") =>
        Value(read, value => EqualityComparer<T>.Default.Equals(value, expected), $"{what} = {expected}", timeout);

    /// <summary>Waits until a value is as it should be, and returns it.</summary>
    public static Task<T> Value<T>(Func<T> read, Func<T, bool> isRight, string what, TimeSpan? timeout = null) =>
        Value(() => Task.FromResult(read()), isRight, what, timeout);

    /// <inheritdoc cref="Value{T}(Func{T}, Func{T, bool}, string, TimeSpan?)"/>
    public static async Task<T> Value<T>(Func<Task<T>> read, Func<T, bool> isRight, string what, TimeSpan? timeout = null)
    {
        var limit = timeout ?? _limit;
        var cancellation = TestContext.Current.CancellationToken;
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(_pause);
        while (true)
        {
            var value = await read().WaitAsync(limit, cancellation);
            if (isRight(value))
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{watch.ElapsedMilliseconds,6} ms until {what}");
                return value;
            }
            if (watch.Elapsed > limit)
                throw new TimeoutException($"Waited {limit.TotalSeconds:0.#} s in vain until {what}; last seen: {value}");
            await timer.WaitForNextTickAsync(cancellation);
        }
    }
}
