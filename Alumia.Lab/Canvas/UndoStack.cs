namespace Alumia.Lab.Canvas;

/// <summary>Something a person did to a canvas that can be taken back. <paramref name="Words"/> say what: "Moved Plan".</summary>
public sealed record Deed(string Words, Func<Task> Undo, Func<Task> Redo);

/// <summary>What one person did on one canvas, in this tab.</summary>
public sealed class UndoStack
{
    private const int Deepest = 100;
    private readonly List<Deed> _done = [];
    private readonly List<Deed> _undone = [];
    private Task _last = Task.CompletedTask;

    public Deed? NextUndo => _done.LastOrDefault();

    public Deed? NextRedo => _undone.LastOrDefault();

    /// <summary>Remembers what was done; what was undone before cannot be redone any more.</summary>
    public void Did(Deed deed)
    {
        _done.Add(deed);
        if (_done.Count > Deepest)
            _done.RemoveAt(0);
        _undone.Clear();
    }

    /// <summary>Takes back the last deed; null where there is none. A deed whose undoing throws is out of the way all the same.</summary>
    public Task<Deed?> UndoAsync() => AfterAsync(_done, _undone, deed => deed.Undo());

    /// <summary>Does again what was undone last; null where there is nothing.</summary>
    public Task<Deed?> RedoAsync() => AfterAsync(_undone, _done, deed => deed.Redo());

    /// <summary>One step after the other, in the order asked: who presses faster than the line carries loses no step.</summary>
    private Task<Deed?> AfterAsync(List<Deed> from, List<Deed> to, Func<Deed, Task> run)
    {
        var step = MoveAsync(_last, from, to, run);
        _last = step;
        return step;
    }

    private static async Task<Deed?> MoveAsync(Task before, List<Deed> from, List<Deed> to, Func<Deed, Task> run)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        if (from.LastOrDefault() is not { } deed)
            return null;
        from.RemoveAt(from.Count - 1);
        await run(deed);
        to.Add(deed);
        return deed;
    }
}
