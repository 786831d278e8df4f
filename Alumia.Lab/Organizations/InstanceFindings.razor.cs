using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Organizations;

/// <summary>What this instance lacks, for its administrators. Looking may take seconds, which the rest of the page does not wait for.</summary>
public sealed partial class InstanceFindings(InstanceAdmin admin)
{
    private IReadOnlyList<InstanceFinding>? _findings;

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    protected override async Task OnInitializedAsync() => _findings = await admin.FindingsAsync(Context.User, Context.RequestAborted);
}
