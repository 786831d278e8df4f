using Alumia.Lab.Blocks;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Canvas;

/// <summary>
/// A canvas as a document to keep or to give away: docs/canvas-file.md tells of its form. It has no id of an org or of a person, no address,
/// no key and no agent's prompt. A block's session is its edge.
/// </summary>
public sealed record CanvasFile(
    string Format, int Version, long ExportedAtMs, FiledProject Project, IReadOnlyList<FiledAgent> Agents,
    IReadOnlyList<SessionCopy> Sessions, IReadOnlyList<BlockCopy> Blocks, IReadOnlyList<FiledPlacement> Placements)
{
    public const string FormatName = "alumia-canvas";
    public const int CurrentVersion = 1;

    /// <summary>The largest file that is taken, in bytes.</summary>
    public const int MostBytes = 20 * 1024 * 1024;

    /// <summary>The most sessions and blocks together.</summary>
    public const int MostNodes = 5_000;
}

/// <summary>The project, as <see cref="ProjectEdit"/> has it.</summary>
public sealed record FiledProject(string Name, string Description, string Prompt, string Emoji, IReadOnlyList<string> Tags, ProjectVisibility Visibility);

/// <summary>Who speaks in the sessions: enough to find the same agent elsewhere, or to name the one who is missing.</summary>
public sealed record FiledAgent(string Slug, string Name, string Colour);

/// <summary>Where a session or a block stands, as <see cref="Placement"/> has it.</summary>
public sealed record FiledPlacement(string Node, double X, double Y, double Width, double Height, bool IsCollapsed = false);
