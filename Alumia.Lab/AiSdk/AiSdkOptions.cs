namespace Alumia.Lab.AiSdk;

/// <summary>The section <c>Chat</c> of the configuration: the bounds of a stream.</summary>
public sealed class AiSdkOptions
{
    /// <summary>How long one stream may stay open; the turn goes on, and the client follows again.</summary>
    public double StreamMinutes { get; set; } = 60;

    /// <summary>A client that takes nothing for so long is dropped.</summary>
    public double SlowReaderSeconds { get; set; } = 30;

    /// <summary>After so long without news a comment is sent, so that nobody takes the line for dead.</summary>
    public double QuietSeconds { get; set; } = 15;
}
