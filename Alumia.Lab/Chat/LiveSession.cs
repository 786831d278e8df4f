using Alumia.Lab.Sessions;

namespace Alumia.Lab.Chat;

/// <summary>
/// One session's transcript, kept live by one watch: the first change is shown at once, then at most one each 50 ms, each with all that came
/// meanwhile. A broken watch begins again from where it was.
/// </summary>
internal sealed class LiveSession(ISessionReader reader, string sessionId, TimeProvider clock, Func<Action, Task> onPage, ILogger log)
{
    private static readonly TimeSpan _frame = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(1);

    public Transcript Transcript { get; } = new();

    public bool IsLoaded { get; private set; }

    /// <summary>The watch is broken and is being taken up again.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Why it cannot be shown.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Runs until cancelled. What it changes, it changes on the page's own thread, which draws it after each.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (!IsLoaded)
                {
                    var page = await reader.PageAsync(sessionId, null, cancellation);
                    await onPage(() => Open(page));
                }
                await foreach (var frames in reader.WatchAsync(sessionId, Transcript.End, cancellation))
                {
                    await onPage(() => Take(frames));
                    await Task.Delay(_frame, clock, cancellation);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Refusal refusal)
            {
                await onPage(() => Refusal = refusal.Message);
                return;
            }
#pragma warning disable CA1031 // Whatever broke the watch, it is taken up again; the person sees that.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                log.LogWarning(exception, "The watch of session {Session} broke", sessionId);
                await onPage(() => IsBroken = true);
            }
            await Task.Delay(_retry, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads the page before the first turn that is here.</summary>
    public async Task LoadEarlierAsync(CancellationToken cancellation) =>
        Transcript.Prepend(await reader.PageAsync(sessionId, Transcript.FirstSequence, cancellation));

    private void Open(EventPage page)
    {
        Transcript.Prepend(page);
        IsLoaded = true;
    }

    private void Take(IReadOnlyList<Frame> frames)
    {
        IsBroken = false;
        Transcript.Apply(frames);
    }
}
