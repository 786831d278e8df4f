namespace Alumia.Lab.Sharing;

/// <summary>In <c>Sharing</c>.</summary>
public sealed class SharingOptions
{
    /// <summary>How many pages of shared canvases one address may have open at a time.</summary>
    public int MaxVisitorsPerAddress { get; set; } = 20;
}
