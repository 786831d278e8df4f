using System.Text;

namespace Alumia.Lab.Sandbox;

/// <summary>A path in a session's folder, in its parts: no part leads up or out.</summary>
public sealed record WorkspacePath
{
    private const int MostParts = 32;
    private const int MostBytes = 255;

    private WorkspacePath(IReadOnlyList<string> parts) => Parts = parts;

    public IReadOnlyList<string> Parts { get; }

    public bool IsRoot => Parts.Count == 0;

    /// <summary>The last part; empty for the folder itself.</summary>
    public string Name => Parts.Count == 0 ? "" : Parts[^1];

    /// <summary>As it is shown: relative to the folder.</summary>
    public string Text => string.Join('/', Parts);

    /// <summary>Reads a path as an agent or a person writes it: <c>a/b.txt</c>, <c>./a</c>, <c>/work/a</c>.</summary>
    /// <exception cref="Refusal">It leads out of the folder, or is no path.</exception>
    public static WorkspacePath Parse(string path)
    {
        if (path.Any(char.IsControl))
            throw Refusal.Invalid("path", "A path has no control characters.");
        var inside = path is "/work" ? "" : path.StartsWith("/work/", StringComparison.Ordinal) ? path["/work/".Length..] : path;
        if (inside.StartsWith('/'))
            throw Refusal.Invalid("path", $"{path} is outside of the session's folder, /work.");
        var parts = inside.Split('/').Where(part => part is not ("" or ".")).ToList();
        if (parts.Contains(".."))
            throw Refusal.Invalid("path", $"{path} leads up with \"..\". Write the path from /work on.");
        if (parts.Count > MostParts || parts.Exists(part => Encoding.UTF8.GetByteCount(part) > MostBytes))
            throw Refusal.Invalid("path", "The path is too long.");
        return new WorkspacePath(parts);
    }
}
