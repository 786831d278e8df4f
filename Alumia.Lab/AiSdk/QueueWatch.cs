using System.Runtime.CompilerServices;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;

namespace Alumia.Lab.AiSdk;

/// <summary>Follows a session for a message that waits in its queue, until somebody takes it out.</summary>
internal sealed class QueueWatch(Conversations conversations, ChangeFeed changes, ILogger<QueueWatch> log)
{
    public async IAsyncEnumerable<IReadOnlyList<Frame>> FollowAsync(Session session, NewMessage message, Cursor from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var changed = changes.Subscribe(Conversations.Key(session.Id), () => _ = CheckAsync());
        await CheckAsync();
        await using var frames = conversations.FollowAsync(session, from, gone.Token).GetAsyncEnumerator(gone.Token);
        while (await NextAsync())
            yield return frames.Current;

        async Task<bool> NextAsync()
        {
            try
            {
                return await frames.MoveNextAsync() || (gone.IsCancellationRequested && !cancellation.IsCancellationRequested ? throw TakenOut() : false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw TakenOut();
            }
        }

        async Task CheckAsync()
        {
            try
            {
                if (!await conversations.IsSentAsync(session, message, CancellationToken.None))
                    await gone.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // Nobody follows any more.
            }
#pragma warning disable CA1031 // Nobody awaits this task for its exception; the next change asks again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                log.LogWarning(exception, "Whether a message of session {Session} still waits could not be read", session.Id);
            }
        }
    }

    private static Refusal TakenOut() => Refusal.Conflict("The message was taken out of the queue before it was answered.");
}
