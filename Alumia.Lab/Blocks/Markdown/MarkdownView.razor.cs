using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Blocks.Markdown;

/// <summary>Draws Markdown that nobody vouches for; while it streams, only its end anew.</summary>
public sealed partial class MarkdownView
{
    private StreamingMarkdown? _streaming;
    private string? _drawn;
    private bool _drawnStreaming;
    private string _html = "";

    [Inject]
    private MarkdownRenderer Renderer { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    [Parameter]
    public bool IsStreaming { get; set; }

    protected override bool ShouldRender() => !ReferenceEquals(_drawn, Text) || _drawnStreaming != IsStreaming;

    protected override void OnParametersSet()
    {
        if (!ShouldRender())
            return;
        if (IsStreaming)
            (_streaming ??= new StreamingMarkdown(Renderer)).Update(Text);
        else
            (_html, _streaming) = (Renderer.ToHtml(Text), null);
    }

    protected override void OnAfterRender(bool firstRender) => (_drawn, _drawnStreaming) = (Text, IsStreaming);
}
