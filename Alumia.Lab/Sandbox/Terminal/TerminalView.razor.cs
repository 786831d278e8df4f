using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Sandbox.Terminal;

/// <summary>Shows a command's output; of output that grows, only what is new is read.</summary>
public sealed partial class TerminalView
{
    private AnsiScreen _screen = new();
    private string _read = "";

    /// <summary>All output so far.</summary>
    [Parameter, EditorRequired]
    public string Output { get; set; } = "";

    [Parameter]
    public string Label { get; set; } = "Output";

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(Output, _read))
            return;
        if (!Output.StartsWith(_read, StringComparison.Ordinal))
            (_screen, _read) = (new AnsiScreen(), "");
        _screen.Feed(Output[_read.Length..]);
        _read = Output;
    }
}
