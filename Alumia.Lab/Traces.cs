using System.Diagnostics;

namespace Alumia.Lab;

/// <summary>
/// The lab's own spans. They cost nothing until somebody listens (<c>Operations/Telemetry</c>), and name ids and figures, never what people or models wrote.
/// </summary>
public static class Traces
{
    /// <summary>The name of the source of spans.</summary>
    public const string Name = "Alumia.Lab";

    public static ActivitySource Source { get; } = new(Name);
}
