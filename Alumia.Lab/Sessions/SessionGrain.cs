using System.Runtime.CompilerServices;
using Alumia.Lab.Sessions.Cluster;
using Alumia.Lab.Tools;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Alumia.Lab.Sessions;

/// <inheritdoc cref="ISessionGrain"/>
[PreferLocalPlacement, Reentrant]
internal sealed class SessionGrain(SessionRuntime runtime, IEnumerable<ISessionResources> resources) : Grain, ISessionGrain
{
    private static readonly TimeSpan _longestTurn = TimeSpan.FromHours(12);
    private SessionCore _core = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _core = new SessionCore(runtime, this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _core.StopAsync();

    public Task<GrainReply<Sent>> SendAsync(NewMessage message, string? userId) => ReplyAsync(() => _core.SendAsync(message, userId));

    public Task<GrainReply<SessionBegun>> BeginAsync(SessionStart start, NewMessage message) => ReplyAsync(() => _core.BeginAsync(start, message));

    public Task<GrainReply<bool>> CancelAsync() => ReplyAsync(async () =>
    {
        var ended = await _core.CancelAsync();
        await Task.WhenAll(resources.Select(each => each.ReleaseAsync(this.GetPrimaryKeyString())));
        return ended;
    });

    public Task<GrainReply<bool>> AnswerAsync(string callId, ApprovalAnswer answer, string? reason, string? userId) => ReplyAsync(async () =>
    {
        await _core.AnswerAsync(callId, answer, reason, userId);
        return true;
    });

    public Task<GrainReply<bool>> CancelCallAsync(string callId) => ReplyAsync(() => Task.FromResult(_core.CancelCall(callId)));

    public Task<GrainReply<bool>> GiveUpAsync(string callId, string error) => ReplyAsync(async () =>
    {
        await _core.GiveUpAsync(callId, error);
        return true;
    });

    public Task<GrainReply<bool>> ResumeAsync(string why, bool onlyParked) => ReplyAsync(() => _core.ResumeAsync(why, onlyParked));

    public Task<GrainReply<bool>> NextAsync() => ReplyAsync(async () =>
    {
        await _core.NextAsync();
        return true;
    });

    public Task<GrainReply<bool>> RecoverAsync() => ReplyAsync(async () =>
    {
        await _core.RecoverAsync();
        return true;
    });

    public async IAsyncEnumerable<FeedPart> FollowAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (runtime.Feeds.Mine(this.GetPrimaryKeyString()) is not { } feed)
            yield break;
        using var reader = feed.Open();
        while (reader.Take() is { } frames)
        {
            if (frames.Length > 0)
                yield return new FeedPart(feed.StartSequence, Array.ConvertAll(frames, FeedFrame.Of));
            await reader.WaitAsync(cancellation);
        }
    }

    private async Task<GrainReply<T>> ReplyAsync<T>(Func<Task<T>> call)
    {
        try
        {
            var value = await call();
            KeepWhileRunning();
            return new GrainReply<T>(value);
        }
        catch (Refusal refusal)
        {
            return new GrainReply<T>(default, refusal.Kind, refusal.Message);
        }
    }

    /// <summary>I/O is no activity to Orleans: a grain that only streams would be collected under its turn.</summary>
    private void KeepWhileRunning()
    {
        if (_core.Running.IsCompleted)
            return;
        DelayDeactivation(_longestTurn);
        _ = ReleaseAsync();

        async Task ReleaseAsync()
        {
            while (!_core.Running.IsCompleted)
                await _core.Running;
            DelayDeactivation(TimeSpan.Zero);
        }
    }
}
