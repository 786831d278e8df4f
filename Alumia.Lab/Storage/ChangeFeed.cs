using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Alumia.Lab.Storage;

/// <summary>
/// Tells which keys have changed, after the change has committed: <c>session:&lt;id&gt;</c>, <c>projects:&lt;org&gt;</c>, <c>user:&lt;id&gt;</c> and so on.
/// It carries no data: who hears of a key reads again. A callback must return at once.
/// </summary>
public sealed class ChangeFeed(ILogger<ChangeFeed> log)
{
    private readonly ConcurrentDictionary<string, ImmutableArray<Action>> _byKey = new();
    private ImmutableArray<Action<string>> _forAll = [];

    /// <summary>Calls back when this key may have changed, until disposed.</summary>
    public IDisposable Subscribe(string key, Action changed)
    {
        _byKey.AddOrUpdate(key, _ => [changed], (_, those) => those.Add(changed));
        return new Subscription(() =>
        {
            var left = _byKey.AddOrUpdate(key, _ => [], (_, those) => those.Remove(changed));
            if (left.IsEmpty)
                _byKey.TryRemove(new KeyValuePair<string, ImmutableArray<Action>>(key, left));
        });
    }

    /// <summary>Calls back with every key that changed; with an empty one when some may have been missed.</summary>
    public IDisposable SubscribeAll(Action<string> changed)
    {
        ImmutableInterlocked.Update(ref _forAll, those => those.Add(changed));
        return new Subscription(() => ImmutableInterlocked.Update(ref _forAll, those => those.Remove(changed)));
    }

    /// <summary>Tells that these keys changed.</summary>
    internal void Publish(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            foreach (var changed in _forAll)
                Call(() => changed(key));
            if (_byKey.TryGetValue(key, out var those))
            {
                foreach (var changed in those)
                    Call(changed);
            }
        }
    }

    /// <summary>After a lost connection to the feed: everybody reads again.</summary>
    internal void PublishAll()
    {
        foreach (var changed in _forAll)
            Call(() => changed(""));
        foreach (var changed in _byKey.Values.SelectMany(those => those))
            Call(changed);
    }

    private void Call(Action changed)
    {
        try
        {
            changed();
        }
#pragma warning disable CA1031 // One subscriber's fault must not keep the others from hearing.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogError(exception, "A subscriber of the change feed threw");
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
