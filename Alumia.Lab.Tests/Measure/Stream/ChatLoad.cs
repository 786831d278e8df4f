using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace Alumia.Lab.Tests.Measure.Stream;

/// <summary>Chats with a subject, so many at a time, and looks at every answer: each has to be whole.</summary>
internal sealed class ChatLoad : IDisposable
{
    private const int Tokens = 50;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Chats a second that end, with so many going on all the time.</summary>
    public async Task<double> RateAsync(StreamSubject subject, int streams, TimeSpan warmUp, TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var counted = 0;
        await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < warmUp + duration)
            {
                await ChatAsync(subject, "Hello");
                if (watch.Elapsed >= warmUp && watch.Elapsed < warmUp + duration)
                    Interlocked.Increment(ref counted);
            }
        })));
        return counted / duration.TotalSeconds;
    }

    /// <summary>Times to the first token (ms) of paced chats, so many going on at a time and so many after each other; they begin one by one over a second.</summary>
    public async Task<IReadOnlyList<double>> FirstTokensAsync(StreamSubject subject, int streams, int each, int paceMs)
    {
        var times = new ConcurrentBag<double>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1000.0 / streams));
        var running = new List<Task>();
        for (var i = 0; i < streams; i++)
        {
            await timer.WaitForNextTickAsync(Ended);
            running.Add(Task.Run(async () =>
            {
                for (var chat = 0; chat < each; chat++)
                    times.Add(await ChatAsync(subject, $"Hello [[pace {paceMs}]]"));
            }));
        }
        await Task.WhenAll(running);
        return [.. times];
    }

    /// <summary>So many paced chats begun in one moment: their times to the first token (ms), and how long it took until the last one had ended.</summary>
    public async Task<(IReadOnlyList<double> FirstTokens, TimeSpan Whole)> AtOnceAsync(StreamSubject subject, int streams, int paceMs)
    {
        var watch = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => Task.Run(() => ChatAsync(subject, $"Hello [[pace {paceMs}]]"))));
        return (times, watch.Elapsed);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>One chat; gives the time to its first token, ms. An answer that is not whole throws.</summary>
    private async Task<double> ChatAsync(StreamSubject subject, string text)
    {
        using var request = subject.Ask(text);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var began = Stopwatch.GetTimestamp();
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ended);
        await using var stream = await answer.Content.ReadAsStreamAsync(Ended);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var (length, first) = (0, TimeSpan.Zero);
            while (await stream.ReadAsync(buffer.AsMemory(length), Ended) is var read and > 0)
            {
                length += read;
                if (first == TimeSpan.Zero && buffer.AsSpan(0, length).IndexOf("alpha"u8) >= 0)
                    first = Stopwatch.GetElapsedTime(began);
            }
            var whole = buffer.AsSpan(0, length);
            if (whole.Count("alpha"u8) + whole.Count("beta "u8) + whole.Count("beta\""u8) != Tokens)
                throw new InvalidOperationException($"{subject.Name} answered {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(whole)}");
            return first.TotalMilliseconds;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
