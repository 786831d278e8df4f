namespace Alumia.Lab.Sessions;

/// <summary>The section <c>Sessions</c> of the configuration: the bounds of a turn.</summary>
public sealed class SessionsOptions
{
    /// <summary>Calls to the model in one turn; reaching it is a failure with all that was done so far.</summary>
    public int MaxSteps { get; set; } = 50;

    /// <summary>How long a turn may run, in minutes; parked time is not counted.</summary>
    public double MaxTurnMinutes { get; set; } = 30;

    /// <summary>Malformed tool calls in a row before the turn fails.</summary>
    public int MaxMalformedCalls { get; set; } = 3;

    /// <summary>How often a step is tried again when the provider fails before its first token.</summary>
    public int MaxProviderRetries { get; set; } = 5;

    /// <summary>How often the open step's text is saved, in ms.</summary>
    public int SaveEveryMs { get; set; } = 500;

    /// <summary>How long a call may run, in seconds, before people are told that it is slow; longer where three times its tool's usual time is.</summary>
    public double QuietSeconds { get; set; } = 30;

    /// <summary>Characters of a tool's result that the model is told.</summary>
    public int MaxResultCharacters { get; set; } = 100_000;

    /// <summary>How long a tool may take to end once it was cancelled, in ms; after that it is left behind.</summary>
    public int ToolGraceMs { get; set; } = 5_000;

    /// <summary>Characters of a message.</summary>
    public int MaxMessageCharacters { get; set; } = 1_000_000;

    /// <summary>Messages that may wait in one session.</summary>
    public int MaxQueued { get; set; } = 50;
}
