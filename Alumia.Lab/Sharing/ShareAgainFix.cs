using Alumia.Lab.Organizations;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Sharing;

/// <summary><b>Share again</b>: a new link with the parts of the last one; the dialog on the canvas shows it.</summary>
internal sealed class ShareAgainFix(ShareAgain again) : IFixHandler
{
    public string Kind => ShareTroubles.ShareAgain;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        new("Shared again by a new link.", await again.DoAsync(scope, fix["project"], cancellation));
}
