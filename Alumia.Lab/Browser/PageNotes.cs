namespace Alumia.Lab.Browser;

/// <summary>What happened on a session's pages that their text does not show: dialogs, files, windows.</summary>
internal sealed class PageNotes
{
    private const int Most = 20;
    private readonly Lock _lock = new();
    private readonly List<string> _notes = [];
    private int _more;

    public void Add(string note)
    {
        lock (_lock)
        {
            if (_notes.Count < Most)
                _notes.Add(note.Length > 500 ? note[..500] + "…" : note);
            else
                _more++;
        }
    }

    /// <summary>All since the last time.</summary>
    public IReadOnlyList<string> Take()
    {
        lock (_lock)
        {
            List<string> taken = _more > 0 ? [.. _notes, $"And {_more} more such things happened."] : [.. _notes];
            _notes.Clear();
            _more = 0;
            return taken;
        }
    }
}
