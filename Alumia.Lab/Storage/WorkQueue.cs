namespace Alumia.Lab.Storage;

/// <summary>
/// What waits for the writer, first come first served. Its takers sleep at once where nothing waits: <c>BlockingCollection</c> spins first,
/// hundreds of yields for each work, which takes the processor from those that make the next one.
/// </summary>
public sealed class WorkQueue<T>
{
    private readonly Queue<T> _items = [];
    private bool _isClosed;

    /// <summary>Whether nothing can be added any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_items)
                return _isClosed;
        }
    }

    /// <exception cref="InvalidOperationException">It is closed.</exception>
    public void Add(T item)
    {
        lock (_items)
        {
            if (_isClosed)
                throw new InvalidOperationException("The writer has ended; nothing more can be written.");
            _items.Enqueue(item);
            Monitor.Pulse(_items);
        }
    }

    /// <summary>Takes the next one where one waits.</summary>
    public bool TryTake(out T? item)
    {
        lock (_items)
            return _items.TryDequeue(out item);
    }

    /// <summary>Waits for the next one; false once it is closed and empty.</summary>
    public bool Take(out T item)
    {
        lock (_items)
        {
            while (_items.Count == 0 && !_isClosed)
                Monitor.Wait(_items);
            return _items.TryDequeue(out item!);
        }
    }

    /// <summary>Takes no more; what it holds is still taken out.</summary>
    public void Close()
    {
        lock (_items)
        {
            _isClosed = true;
            Monitor.PulseAll(_items);
        }
    }
}
