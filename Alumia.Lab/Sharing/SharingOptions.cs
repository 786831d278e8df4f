namespace Alumia.Lab.Sharing;

/// <summary>The section <c>Sharing</c> of the configuration.</summary>
public sealed class SharingOptions
{
    /// <summary>How many pages of shared canvases one address may have open at a time.</summary>
    public int MaxVisitorsPerAddress { get; set; } = 20;
}
