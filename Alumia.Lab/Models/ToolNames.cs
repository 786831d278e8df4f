namespace Alumia.Lab.Models;

/// <summary>Providers allow no dot in a tool's name (<c>gmail.send</c>); ours have no double dash, so that stands for it on the wire.</summary>
internal static class ToolNames
{
    public static string ToWire(string name) => name.Replace(".", "--", StringComparison.Ordinal);

    public static string FromWire(string name) => name.Replace("--", ".", StringComparison.Ordinal);
}
