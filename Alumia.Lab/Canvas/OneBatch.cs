using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Alumia.Lab.Canvas;

/// <summary>Runs works inside a render of its own, so that all components that they draw anew go to the browser together, as one message.</summary>
public sealed class OneBatch : ComponentBase
{
    private List<Action> _works = [];

    /// <summary>On the page's thread.</summary>
    public void Run(Action work)
    {
        _works.Add(work);
        StateHasChanged();
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        (var works, _works) = (_works, []);
        foreach (var work in works)
            work();
    }
}
