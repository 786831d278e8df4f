using Alumia.Lab.Sandbox;

namespace Alumia.Lab.Mcp;

/// <summary>The section <c>Mcp</c> of the configuration.</summary>
public sealed class McpOptions
{
    public const string Section = "Mcp";

    /// <summary>How long a server may take to answer when it is connected to, in seconds.</summary>
    public int ConnectSeconds { get; set; } = 30;

    /// <summary>How long a call of a tool may take, in seconds.</summary>
    public int CallSeconds { get; set; } = 600;

    /// <summary>After so many seconds without a call the connection is closed, and a program ended.</summary>
    public int IdleSeconds { get; set; } = 300;

    /// <summary>The first pause before a server that failed is tried again, in ms; it doubles each time.</summary>
    public int BackoffMs { get; set; } = 1_000;

    /// <summary>The longest such pause, in ms.</summary>
    public int MaxBackoffMs { get; set; } = 300_000;

    /// <summary>What one answer of a server over HTTP may take, in MB.</summary>
    public int AnswerMb { get; set; } = 32;

    /// <summary>Programs that the lab itself starts, by their slug: each org has its own process of each.</summary>
    public IDictionary<string, McpProgramOptions> Servers { get; } = new Dictionary<string, McpProgramOptions>(StringComparer.Ordinal);
}

/// <summary>One entry of <c>Mcp:Servers</c>: a server over stdio, in a sandbox.</summary>
public sealed class McpProgramOptions
{
    /// <summary>For people; the slug where it is left out.</summary>
    public string? Name { get; set; }

    /// <summary>The program's name or path.</summary>
    public string Command { get; set; } = "";

    public IList<string> Arguments { get; } = [];

    /// <summary>Variables of its environment; nothing of the lab's own is in it.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    /// <summary>What it may see and reach.</summary>
    public SandboxProfile Sandbox { get; } = new();
}
