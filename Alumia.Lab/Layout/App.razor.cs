using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace Alumia.Lab.Layout;

public sealed partial class App
{
    // A canvas cannot be prerendered (it measures itself in the browser), so nothing is: one way for all pages.
    private static readonly IComponentRenderMode OnCircuit = new InteractiveServerRenderMode(prerender: false);

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    private IComponentRenderMode? Mode => Context.AcceptsInteractiveRouting() ? OnCircuit : null;

    private IReadOnlyDictionary<string, object> Nonce => new Dictionary<string, object> { ["nonce"] = SecurityHeaders.Nonce(Context) };
}
