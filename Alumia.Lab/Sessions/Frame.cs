namespace Alumia.Lab.Sessions;

/// <summary>What a watcher receives; <see cref="After"/> is its place once it has taken this in.</summary>
public abstract record Frame(Cursor After);

/// <summary>More of the open step, as it streams. When the step closes, its text comes once more, whole, as <see cref="TextWritten"/> and
/// <see cref="ReasoningWritten"/> events: they replace what was streamed.</summary>
public sealed record DeltaFrame(Cursor After, string TurnId, int Step, bool IsReasoning, string Text) : Frame(After);

/// <summary>A stored event.</summary>
public sealed record EventFrame(SessionEvent Event) : Frame(new Cursor(Event.Sequence, 0));

/// <summary>After a crash: the open step is stored only this far (characters); cut your copy.</summary>
public sealed record CutFrame(Cursor After) : Frame(After);

/// <summary>All stored events up to here have been sent: what follows is live.</summary>
public sealed record CaughtUpFrame(Cursor After) : Frame(After);
