using System.Runtime.ExceptionServices;

namespace Alumia.Lab.Storage;

/// <summary>
/// The one way to write. Works queue here and run on the writer's own threads, never on the pool;
/// a task completes after its work has committed, and its change keys are told after that.
/// </summary>
public abstract class Writer : IDisposable
{
    private readonly WorkQueue<Item> _queue = new();
    private readonly List<Thread> _threads = [];

    /// <summary>Runs a work in a transaction and returns its result after the commit. What the work throws comes back here, and nothing of it stays.</summary>
    public Task<T> Write<T>(Func<Tx, T> work, CancellationToken cancellation = default)
    {
        if (IsInsideExclusive)
            throw new InvalidOperationException("A work queued from inside an exclusive one would wait for it for ever; write before or after.");
        var item = new Work<T>(work, cancellation);
        Enqueue(item);
        return item.Task;
    }

    /// <inheritdoc cref="Write{T}(Func{Tx, T}, CancellationToken)"/>
    public Task Write(Action<Tx> work, CancellationToken cancellation = default) =>
        Write(tx => { work(tx); return true; }, cancellation);

    /// <summary>Lets a library's own store save while no work is under way. One inside another shares its turn.</summary>
    public abstract Task Exclusive(Func<Task> work, CancellationToken cancellation = default);

    /// <summary>Ends the queue and waits until what it holds is written.</summary>
    public void Dispose()
    {
        if (_queue.IsClosed)
            return;
        if (_threads.Contains(Thread.CurrentThread))
            throw new InvalidOperationException("The writer would wait for itself: a subscriber of the change feed must return at once.");
        _queue.Close();
        foreach (var thread in _threads)
            thread.Join();
        GC.SuppressFinalize(this);
    }

    protected void Start(int threads, Action<WorkQueue<Item>> run)
    {
        for (var i = 0; i < threads; i++)
        {
            var thread = new Thread(() => run(_queue)) { IsBackground = true, Name = $"lab-writer-{i}" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Whether the caller holds the writer's turn, so that nothing it queues could come next.</summary>
    protected virtual bool IsInsideExclusive => false;

    protected void Enqueue(Item item) => _queue.Add(item);

    /// <summary>A place in the queue.</summary>
    protected internal abstract class Item
    {
        internal abstract bool IsCancelled { get; }
    }

    /// <summary>A work in the queue: first it runs, then it is told how it ended.</summary>
    protected internal abstract class Work : Item
    {
        internal HashSet<string> Changed { get; private protected set; } = [];

        /// <summary>Runs the work; false where it threw.</summary>
        internal abstract bool Run(Tx tx);

        internal abstract void Complete();

        internal abstract void Fail(Exception exception);
    }

    private protected sealed class Work<T>(Func<Tx, T> work, CancellationToken cancellation) : Work
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private ExceptionDispatchInfo? _thrown;

        internal Task<T> Task => _done.Task;

        internal override bool IsCancelled => cancellation.IsCancellationRequested;

        internal override bool Run(Tx tx)
        {
            try
            {
                _result = work(tx);
                tx.SaveDb();
                Changed = tx.TakeChanged();
                return true;
            }
#pragma warning disable CA1031 // Whatever the work threw belongs to its caller.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _thrown = ExceptionDispatchInfo.Capture(exception);
                return false;
            }
        }

        internal override void Complete()
        {
            if (_thrown is not null)
                _done.TrySetException(_thrown.SourceException);
            else
                _done.TrySetResult(_result);
        }

        internal override void Fail(Exception exception)
        {
            if (exception is OperationCanceledException)
                _done.TrySetCanceled(cancellation);
            else
                _done.TrySetException(_thrown?.SourceException ?? exception);
        }
    }
}
