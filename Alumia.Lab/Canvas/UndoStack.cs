namespace Alumia.Lab.Canvas;

/// <summary>Something a person did to a canvas that can be taken back. <paramref name="Words"/> say what: "Moved Plan".</summary>
public sealed record Deed(string Words, Func<Task> Undo, Func<Task> Redo);

/// <summary>What one person did on one canvas, in this tab.</summary>
public sealed class UndoStack
{
    private const int Deepest = 100;
    private readonly List<Deed> _done = [];
    private readonly List<Deed> _undone = [];

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
    public Task<Deed?> UndoAsync() => MoveAsync(_done, _undone, deed => deed.Undo());

    /// <summary>Does again what was undone last; null where there is nothing.</summary>
    public Task<Deed?> RedoAsync() => MoveAsync(_undone, _done, deed => deed.Redo());

    private static async Task<Deed?> MoveAsync(List<Deed> from, List<Deed> to, Func<Deed, Task> run)
    {
        if (from.LastOrDefault() is not { } deed)
            return null;
        from.RemoveAt(from.Count - 1);
        await run(deed);
        to.Add(deed);
        return deed;
    }
}
