using System.Text;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>
/// A watcher's own copy of a session, made from frames and from nothing else. It checks at each frame what a watcher may rely on: no event
/// twice or left out, and the open step's characters exactly those with which the stored step begins.
/// </summary>
internal sealed class Copy
{
    private readonly StringBuilder _open = new();
    private int _matched;

    public List<SessionEvent> Events { get; } = [];

    /// <summary>Where to come back.</summary>
    public Cursor Cursor { get; private set; }

    /// <summary>Characters of the open step.</summary>
    public string Open => _open.ToString();

    public int Deltas { get; private set; }

    public int Cuts { get; private set; }

    public void Take(Frame frame)
    {
        switch (frame)
        {
            case DeltaFrame delta:
                Assert.Equal(Cursor.Sequence, delta.After.Sequence);
                Assert.Equal(Cursor.Offset + delta.Text.Length, delta.After.Offset);
                _open.Append(delta.Text);
                Deltas++;
                break;
            case CutFrame cut:
                Assert.Equal(Cursor.Sequence, cut.After.Sequence);
                Assert.InRange(cut.After.Offset, 0, _open.Length);
                _open.Length = cut.After.Offset;
                Cuts++;
                break;
            case EventFrame { Event: var stored }:
                Assert.Equal(Events.Count + 1, stored.Sequence);
                Events.Add(stored);
                Match(stored.Data);
                break;
        }
        Cursor = frame.After;
    }

    /// <summary>Takes only the first characters of a delta, as a client whose line broke in the middle of it.</summary>
    public void TakePart(DeltaFrame delta, int characters) =>
        Take(delta with { Text = delta.Text[..characters], After = delta.After with { Offset = delta.After.Offset - delta.Text.Length + characters } });

    private void Match(SessionEventData data)
    {
        if (_open.Length == 0)
            return;
        if (((data as TextWritten)?.Text ?? (data as ReasoningWritten)?.Text) is not { } text)
        {
            // The step's text is over: the copy had nothing beyond it.
            Assert.Equal(_open.Length, _matched);
            (_open.Length, _matched) = (0, 0);
            return;
        }
        var had = _open.ToString(_matched, Math.Min(text.Length, _open.Length - _matched));
        Assert.StartsWith(had, text, StringComparison.Ordinal);
        _matched += had.Length;
    }
}
