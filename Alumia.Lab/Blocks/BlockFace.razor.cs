using System.Text.Json;
using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Blocks;

/// <summary>One version of a block in the view of its kind. It draws again only for another content.</summary>
public sealed partial class BlockFace
{
    private (string, string?, bool) _drawn;
    private object? _content;
    private string? _unreadable;
    private string _alt = "";

    [CascadingParameter]
    public OrgScope Scope { get; set; } = null!;

    /// <summary>Where a version's picture is served for those who are no members: made of the block's id and the version.</summary>
    [CascadingParameter(Name = "PictureAddress")]
    public Func<string, int, string>? PictureAddress { get; set; }

    [Parameter, EditorRequired]
    public string BlockId { get; set; } = "";

    [Parameter, EditorRequired]
    public BlockKind Kind { get; set; }

    [Parameter, EditorRequired]
    public int Version { get; set; }

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter, EditorRequired]
    public string Content { get; set; } = "";

    /// <summary>For a small place.</summary>
    [Parameter]
    public bool IsCompact { get; set; }

    private string ImageSource => PictureAddress?.Invoke(BlockId, Version) ?? BlockFiles.ImageAddress(Scope, BlockId, Version);

    private string Start => Content.Length > 2_000 ? Content[..2_000] + "…" : Content;

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_drawn.Item2, Content))
            return;
        try
        {
            (_content, _unreadable) = (Kind switch
            {
                BlockKind.Code => CodeContent.Parse(Content),
                BlockKind.Table => CheckedTable(),
                BlockKind.Chart => CheckedChart(),
                BlockKind.Image => Alt(),
                BlockKind.Page => PageHead.Of(Content.Length > BlockWords.ImageWords ? Content[..BlockWords.ImageWords] : Content),
                _ => null,
            }, null);
        }
        catch (Exception exception) when (exception is Refusal or JsonException)
        {
            (_content, _unreadable) = (null, exception is Refusal ? exception.Message : "It is no image as it is stored.");
        }
    }

    protected override bool ShouldRender() => _drawn != (Title, Content, IsCompact);

    protected override void OnAfterRender(bool firstRender) => _drawn = (Title, Content, IsCompact);

    private TableContent CheckedTable()
    {
        BlockContents.Check(BlockKind.Table, Content);
        return TableContent.Parse(Content);
    }

    private ChartContent CheckedChart()
    {
        BlockContents.Check(BlockKind.Chart, Content);
        return ChartContent.Parse(Content);
    }

    // Of a picture only the words are read: its bytes come by their own address.
    private string Alt()
    {
        var alt = BlockWords.Of(BlockKind.Image, Content.Length > BlockWords.ImageWords ? Content[..BlockWords.ImageWords] : Content);
        return _alt = alt.Length == 0 ? Title : alt;
    }
}
