namespace Alumia.Lab.Blocks;

/// <summary>A block as it leaves the lab for a file, or comes from one, with all its versions; their writers go by their names.</summary>
/// <param name="Id">Names it among those that it goes with.</param>
/// <param name="Session">The session that made it, by the id that it goes with; null where a person did, or where the session is not among them.</param>
/// <param name="Kind">What its contents are.</param>
/// <param name="CreatedAtMs">UTC ms.</param>
/// <param name="UpdatedAtMs">UTC ms.</param>
/// <param name="Shown">The number of the version that is shown.</param>
/// <param name="Versions">From 1, without a gap.</param>
public sealed record BlockCopy(string Id, string? Session, BlockKind Kind, long CreatedAtMs, long UpdatedAtMs, int Shown, IReadOnlyList<VersionCopy> Versions);

/// <summary>A version of a copied block, as <see cref="BlockVersion"/> has it.</summary>
public sealed record VersionCopy(int Version, string Title, string Content, AuthorKind By, string Name, long AtMs, int? BaseVersion = null, bool IsClash = false);
