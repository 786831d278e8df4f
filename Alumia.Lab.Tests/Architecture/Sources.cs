using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Architecture;

/// <summary>The source files of a project, without what is built or generated.</summary>
internal static class Sources
{
    public static IEnumerable<SourceFile> Of(string project, params string[] patterns)
    {
        var root = Path.Combine(Repository.Root, project);
        return patterns.SelectMany(pattern => Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories))
            .Select(path => new SourceFile(Path.GetRelativePath(root, path).Replace('\\', '/'), path))
            .Where(file => file.Name.Split('/') is var parts && !parts.Intersect(["bin", "obj", "node_modules", "Migrations"]).Any());
    }
}

/// <summary>One file; its name is relative to its project.</summary>
internal sealed record SourceFile(string Name, string FullPath)
{
    private readonly Lazy<string[]> _lines = new(() => File.ReadAllLines(FullPath));

    /// <summary>The folder right under the project, or null for a file of the root.</summary>
    public string? Room => Name.Contains('/') ? Name.Split('/')[0] : null;

    public IEnumerable<SourceLine> Lines => _lines.Value.Select((text, index) => new SourceLine(this, index + 1, text));

    public int Length => _lines.Value.Length;
}

internal sealed record SourceLine(SourceFile File, int Number, string Text)
{
    /// <summary>The line without what a comment says.</summary>
    public string Code => Text.Split("//")[0];

    public override string ToString() => $"{File.Name}:{Number}: {Text.Trim()}";
}
