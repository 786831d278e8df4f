namespace Alumia.Lab.Offline.OAuth;

/// <summary>A call that came to the provider's token endpoint or to one of its services.</summary>
/// <param name="Place"><c>token</c>, <c>revoke</c>, or <c>api</c>.</param>
/// <param name="What">The grant type, or method and path.</param>
/// <param name="Outcome">The status that was answered, or the fault that came instead.</param>
/// <param name="AtMs">When, in UTC ms.</param>
/// <param name="Grant">Whose token it brought; looked at only where a fault is asked for by grant.</param>
internal sealed record OAuthCall(string Place, string What, string Outcome, long AtMs, string? Grant);

/// <summary>Which calls this process has answered as the provider. Kept in memory, for tests and the desk.</summary>
internal sealed class OAuthCalls(TimeProvider clock)
{
    private const int Most = 5_000;
    private readonly Lock _lock = new();
    private readonly Queue<OAuthCall> _recent = [];
    private readonly Dictionary<string, long> _counts = [];

    public void Add(string place, string what, string outcome, string? grant = null)
    {
        lock (_lock)
        {
            _recent.Enqueue(new OAuthCall(place, what, outcome, clock.NowMs(), grant));
            if (_recent.Count > Most)
                _recent.Dequeue();
            if (place == ProviderFaults.Token)
                _counts[what] = _counts.GetValueOrDefault(what) + 1;
        }
    }

    /// <summary>How often the token endpoint was called with this grant type, whatever it answered.</summary>
    public long Count(string grantType)
    {
        lock (_lock)
            return _counts.GetValueOrDefault(grantType);
    }

    /// <summary>All counts, by grant type.</summary>
    public IReadOnlyDictionary<string, long> Counts()
    {
        lock (_lock)
            return new Dictionary<string, long>(_counts);
    }

    /// <summary>The calls of one grant, the oldest first.</summary>
    public IReadOnlyList<OAuthCall> Of(string grant)
    {
        lock (_lock)
            return [.. _recent.Where(call => call.Grant == grant)];
    }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<OAuthCall> Recent(int most)
    {
        lock (_lock)
            return [.. _recent.Reverse().Take(most)];
    }
}
