using Alumia.Lab.Blocks.Content;
using Alumia.Lab.Blocks.Markdown;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Blocks.Views;

/// <summary>Code in its colours.</summary>
public sealed partial class CodeView(CodeHighlighter highlighter, BrowserFiles files)
{
    private const string TextType = "text/plain;charset=utf-8";
    private CodeContent? _drawn;
    private string _html = "";
    private bool _wraps;

    [Parameter, EditorRequired]
    public CodeContent Code { get; set; } = null!;

    /// <summary>What it is called; the file takes its name from it.</summary>
    [Parameter]
    public string Name { get; set; } = "code";

    private BrowserFiles Files => files;

    private string FileName => BrowserFiles.Name(Name, highlighter.Extension(Code.Language));

    protected override void OnParametersSet()
    {
        if (_drawn == Code)
            return;
        (_drawn, _html) = (Code, highlighter.ToHtml(Code.Code, Code.Language));
    }
}
