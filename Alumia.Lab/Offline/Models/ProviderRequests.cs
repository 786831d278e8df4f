namespace Alumia.Lab.Offline.Models;

/// <summary>A request as the provider saw it. <see cref="How"/> is null while it runs, then <c>finished</c>, <c>client-closed</c>, <c>refused</c> or <c>cut</c>.</summary>
internal sealed record ProviderRequest(long Number, string Provider, string Model, long StartedAtMs, long? EndedAtMs, string? How, int TokensSent);

/// <summary>The provider's side of the story, for tests and the desk: the last requests, newest first.</summary>
internal sealed class ProviderRequests(TimeProvider clock)
{
    private const int Kept = 500;
    private readonly LinkedList<ProviderRequest> _requests = new();
    private readonly Dictionary<string, int> _failures = [];
    private readonly Lock _lock = new();
    private long _last;

    public IReadOnlyList<ProviderRequest> Recent()
    {
        lock (_lock)
            return [.. _requests];
    }

    public LinkedListNode<ProviderRequest> Begin(string provider, string model)
    {
        lock (_lock)
        {
            if (_requests.Count == Kept)
                _requests.RemoveLast();
            return _requests.AddFirst(new ProviderRequest(++_last, provider, model, clock.NowMs(), null, null, 0));
        }
    }

    public void Sent(LinkedListNode<ProviderRequest> request, int tokens)
    {
        lock (_lock)
            request.Value = request.Value with { TokensSent = tokens };
    }

    public void End(LinkedListNode<ProviderRequest> request, string how)
    {
        lock (_lock)
            request.Value = request.Value with { EndedAtMs = clock.NowMs(), How = how };
    }

    /// <summary>Whether a failure that is to happen so many times is still due for this conversation; counts it.</summary>
    public bool IsDue(string conversation, int? times)
    {
        if (times is null)
            return true;
        lock (_lock)
        {
            if (_failures.Count > 10_000)
                _failures.Clear();
            var happened = _failures.GetValueOrDefault(conversation);
            _failures[conversation] = happened + 1;
            return happened < times;
        }
    }
}
