using System.Text.Json.Serialization;

namespace Alumia.Lab.Sessions;

/// <summary>What happened in a session. Messages are read from these and from nothing else.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TurnStarted), "turn.started")]
[JsonDerivedType(typeof(TurnResumed), "turn.resumed")]
[JsonDerivedType(typeof(StepStarted), "step.started")]
[JsonDerivedType(typeof(TextWritten), "text")]
[JsonDerivedType(typeof(ReasoningWritten), "reasoning")]
[JsonDerivedType(typeof(ToolRequested), "tool.requested")]
[JsonDerivedType(typeof(ToolRejected), "tool.rejected")]
[JsonDerivedType(typeof(ApprovalRequested), "approval.requested")]
[JsonDerivedType(typeof(ApprovalAnswered), "approval.answered")]
[JsonDerivedType(typeof(ToolStarted), "tool.started")]
[JsonDerivedType(typeof(ToolOutputWritten), "tool.output")]
[JsonDerivedType(typeof(ToolFinished), "tool.finished")]
[JsonDerivedType(typeof(UsageRecorded), "usage")]
[JsonDerivedType(typeof(HistoryCut), "history.cut")]
[JsonDerivedType(typeof(StatusChanged), "status.changed")]
[JsonDerivedType(typeof(TroubleRaised), "trouble.raised")]
[JsonDerivedType(typeof(TroubleHealed), "trouble.healed")]
[JsonDerivedType(typeof(TurnFinished), "turn.finished")]
[JsonDerivedType(typeof(TurnFailed), "turn.failed")]
public abstract record SessionEventData;

/// <summary>A person's (or client's) message begins a turn. A regenerate or an edit is the next revision of the same message id, and takes the place
/// of that message and all after it. The author is told by name only where the message came with a file: that person may be of another lab.
/// Where another agent wrote it, it says who; where a program sent it, nobody is there to wait for.</summary>
public sealed record TurnStarted(string MessageId, int Revision, string Text, string? UserId, string AgentId, string ModelId, string? Author = null, PeerOrigin? From = null, bool? ByProgram = null) : SessionEventData;

/// <summary>An interrupted turn goes on; or a failed one is tried again, from its last whole step.</summary>
public sealed record TurnResumed(string ModelId) : SessionEventData;

/// <summary>A call to the model begins.</summary>
public sealed record StepStarted(int Step, string ModelId) : SessionEventData;

/// <summary>A stretch of the answer's text, whole, once its step has closed.</summary>
public sealed record TextWritten(int Step, string Text) : SessionEventData;

/// <summary>A stretch of the model's reasoning, whole, once its step has closed.</summary>
public sealed record ReasoningWritten(int Step, string Text) : SessionEventData;

/// <summary>The model asked for a tool. The arguments are well-formed JSON, always: what providers are sent again later, with what
/// else the provider wants back with the call (<see cref="Models.ToolCalls.ExtraContent"/>).</summary>
public sealed record ToolRequested(int Step, string CallId, string Tool, string Arguments, string? Extra = null) : SessionEventData;

/// <summary>A call that was not run: what was received, and what was wrong with it.</summary>
public sealed record ToolRejected(string CallId, string Tool, string Received, string Path, string Expected, string Message, int Attempt) : SessionEventData;

/// <summary>A person is asked whether the call may run.</summary>
public sealed record ApprovalRequested(string CallId, string Tool) : SessionEventData;

public enum ApprovalAnswer
{
    /// <summary>This call may run.</summary>
    Approved,
    /// <summary>This call may run, and all of the same tool that follow in the session.</summary>
    ApprovedForSession,
    /// <summary>It may not; the model is told why.</summary>
    Denied,
}

/// <summary>A person's answer, with who gave it and, where they said so, why.</summary>
public sealed record ApprovalAnswered(string CallId, string Tool, ApprovalAnswer Answer, string? Reason, string? UserId) : SessionEventData;

/// <summary>The call runs; <c>Writes</c> where it changes the world outside, so that a stop cannot undo it.</summary>
public sealed record ToolStarted(string CallId, string Tool, bool? Writes = null) : SessionEventData;

/// <summary>Partial output of a running tool.</summary>
public sealed record ToolOutputWritten(string CallId, string Text) : SessionEventData;

public enum ToolEnding
{
    Ok,
    Error,
    TimedOut,
    Cancelled,
    Interrupted,
    /// <summary>A person did not let it run.</summary>
    Denied,
}

/// <summary>A tool ended: what the model is told, and how long it ran.</summary>
public sealed record ToolFinished(string CallId, string Tool, ToolEnding Ending, string Result, long DurationMs, string? BlockId = null) : SessionEventData;

/// <summary>A step has closed: what it used, in tokens (estimated where the provider sent nothing), how long it took, and why it ended:
/// <c>stop</c>, <c>length</c>, <c>content-filter</c>, <c>tool-calls</c>, <c>other</c>, or <c>cut</c> where it was broken off.</summary>
public sealed record UsageRecorded(int Step, string ModelId, string KeySource, long InputTokens, long CachedInputTokens, long OutputTokens, long ReasoningTokens, bool Estimated, long? FirstTokenMs, long DurationMs, string FinishReason = "stop", StepMoney? Money = null) : SessionEventData;

/// <summary>The conversation was longer than the model's context: so many of the oldest messages were left out.</summary>
public sealed record HistoryCut(int Step, int MessagesLeftOut) : SessionEventData;

public sealed record StatusChanged(SessionStatus From, SessionStatus To, string? Why = null) : SessionEventData;

public sealed record TroubleRaised(string TroubleId, string TroubleKind) : SessionEventData;

public sealed record TroubleHealed(string TroubleId, string HealedBy) : SessionEventData;

/// <summary>The turn answered. Reason: <c>stop</c>, <c>length</c>, <c>content-filter</c> or <c>other</c>.</summary>
public sealed record TurnFinished(string Reason) : SessionEventData;

/// <summary>The turn ended without an answer. Code: <c>cancelled</c>, <c>interrupted</c>, <c>provider</c>, <c>malformed_call</c>, <c>step_limit</c>, <c>time_limit</c>, <c>internal</c>.</summary>
public sealed record TurnFailed(string Code, string Message, StopReport? Stop = null) : SessionEventData;

/// <summary>What a person's stop did.</summary>
/// <param name="Stopped">The tools whose calls it ended or kept from running.</param>
/// <param name="NotUndone">The tools that had changed the world outside before it, a name for each call.</param>
/// <param name="Released">Held money that came back, in microcents.</param>
public sealed record StopReport(IReadOnlyList<string> Stopped, IReadOnlyList<string> NotUndone, long Released);

/// <summary>A stored event: its number in the session, its turn, when (UTC ms), and what.</summary>
public sealed record SessionEvent(long Sequence, string TurnId, long AtMs, SessionEventData Data);

/// <summary>How events are written to the database and read back.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionEventData))]
[JsonSerializable(typeof(List<OpenPart>))]
internal sealed partial class SessionJson : JsonSerializerContext;
