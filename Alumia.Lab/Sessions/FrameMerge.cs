namespace Alumia.Lab.Sessions;

/// <summary>What of a stretch of frames a watcher lacks, with neighbouring deltas made one.</summary>
internal static class FrameMerge
{
    /// <summary>The frames of a live turn beyond the cursor, which moves to their end. A cursor that reaches into a live turn was given in it, so there is nothing to cut.</summary>
    public static List<Frame> After(IReadOnlyList<Frame> frames, ref Cursor cursor)
    {
        var news = new List<Frame>();
        var run = new List<DeltaFrame>();
        foreach (var frame in frames)
        {
            if (frame is DeltaFrame delta)
            {
                if (delta.After <= cursor || delta.After.Sequence < cursor.Sequence)
                    continue;
                // A watcher may have the first characters of this delta already.
                var start = delta.After.Offset - delta.Text.Length;
                var lacks = cursor.Sequence == delta.After.Sequence && cursor.Offset > start ? delta with { Text = delta.Text[(cursor.Offset - start)..] } : delta;
                if (run.Count > 0 && (run[^1].IsReasoning != lacks.IsReasoning || run[^1].Step != lacks.Step))
                    Flush(run, news);
                run.Add(lacks);
                cursor = delta.After;
            }
            else if (frame.After.Sequence > cursor.Sequence)
            {
                Flush(run, news);
                news.Add(frame);
                cursor = frame.After;
            }
        }
        Flush(run, news);
        return news;
    }

    /// <summary>
    /// Where the watcher has more of the open step than was stored of it (the process that streamed it was killed), how far to cut its copy.
    /// The stored events that follow tell how long the step is: its text and reasoning come first.
    /// </summary>
    public static CutFrame? Cut(IEnumerable<SessionEvent> following, Cursor cursor)
    {
        if (cursor.Offset == 0)
            return null;
        var length = 0;
        foreach (var each in following)
        {
            if (each.Data is TextWritten text)
                length += text.Text.Length;
            else if (each.Data is ReasoningWritten reasoning)
                length += reasoning.Text.Length;
            else if (each.Data is not ToolRequested)
                break;
        }
        return length < cursor.Offset ? new CutFrame(cursor with { Offset = length }) : null;
    }

    private static void Flush(List<DeltaFrame> run, List<Frame> news)
    {
        if (run.Count > 0)
            news.Add(run[^1] with { Text = run.Count == 1 ? run[0].Text : string.Concat(run.Select(delta => delta.Text)) });
        run.Clear();
    }
}
