using System.Globalization;
using System.Threading.Channels;

namespace Alumia.Lab.Browser;

/// <summary>Waits for a page, and tells each second that it does.</summary>
internal sealed class PageWait(ChannelWriter<string> told, TimeProvider clock, CancellationToken cancellation)
{
    /// <summary>Whether the call was cancelled: whatever breaks then was broken by it.</summary>
    public bool IsCancelled => cancellation.IsCancellationRequested;

    /// <summary>Waits for it to end, however long that takes.</summary>
    public async Task<T> ForAsync<T>(Task<T> work, string what)
    {
        await WithinAsync(work, Timeout.InfiniteTimeSpan, what);
        return await work;
    }

    /// <summary>Waits for it to end within this time; false where it did not. What went wrong in it is thrown.</summary>
    public async Task<bool> WithinAsync(Task work, TimeSpan limit, string what = "the page")
    {
        var began = clock.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            while (true)
            {
                var passed = clock.GetElapsedTime(began);
                if (limit != Timeout.InfiniteTimeSpan && passed >= limit && !work.IsCompleted)
                {
                    Watch(work);
                    return false;
                }
                var step = TimeSpan.FromSeconds(1);
                if (limit != Timeout.InfiniteTimeSpan && limit - passed < step)
                    step = limit - passed;
                if (await Task.WhenAny(work, Task.Delay(step, clock, over.Token)) == work)
                {
                    await work;
                    return true;
                }
                cancellation.ThrowIfCancellationRequested();
                var seconds = Math.Floor(clock.GetElapsedTime(began).TotalSeconds);
                if (seconds >= 1)
                    told.TryWrite(string.Create(CultureInfo.InvariantCulture, $"waiting for {what} since {seconds:0} s\n"));
            }
        }
        finally
        {
            await over.CancelAsync();
            if (!work.IsCompleted)
                Watch(work);
        }
    }

    /// <summary>Nobody waits for it any more, and how it ends is nobody's fault.</summary>
    private static void Watch(Task work) =>
        work.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
