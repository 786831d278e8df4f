namespace Alumia.Lab.Limits;

/// <summary>The section <c>Limits</c> of the configuration: how many requests a minute each group of calls takes from one user, or from one address without a good key.</summary>
public sealed class LimitOptions
{
    /// <summary>Messages to agents, by the API and by the chat panel together.</summary>
    public int ChatPerMinute { get; set; } = 60;

    /// <summary>All other calls of the API.</summary>
    public int ApiPerMinute { get; set; } = 600;

    /// <summary>Calls that bear no good key, from one address.</summary>
    public int RefusedPerMinute { get; set; } = 60;
}
