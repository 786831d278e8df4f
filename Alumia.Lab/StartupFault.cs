namespace Alumia.Lab;

/// <summary>The lab cannot start as it is configured. The message is one line that tells the operator what to change.</summary>
public sealed class StartupFault(string message) : Exception(message);
