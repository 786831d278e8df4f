using Alumia.Lab.Accounts;
using Alumia.Lab.Blocks;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Sharing;

/// <summary>What is served at <c>/share</c>: the live page, or the one page that says 404 for whatever cause.</summary>
internal static class SharePages
{
    public const string Route = "/share/{token}";
    public const string AgainRoute = "/share/{token}/again";
    public const string PictureRoute = "/share/{token}/blocks/{blockId}/image";

    /// <summary>A browser loads the page again that was open here: nobody new asks.</summary>
    private static bool IsAgain(HttpRequest request) => request.Headers["Sec-Fetch-Site"] == "same-origin";

    public static async Task<IResult> GetAsync(string token, HttpContext context, ShareDoor door, VisitorSeats seats, ShareOwners owners, IAntiforgery antiforgery, CancellationToken cancellation)
    {
        if (await door.OpenAsync(token, IsAgain(context.Request), cancellation) is not { } sight)
        {
            // Only for those who are signed in, so that all others get one page for all causes.
            var reason = context.User.UserId() is { } userId ? await owners.ReasonAsync(userId, token, cancellation) : null;
            return Static<ShareGonePage>(context, StatusCodes.Status404NotFound, new()
            {
                [nameof(ShareGonePage.Reason)] = reason,
                [nameof(ShareGonePage.Token)] = token,
                [nameof(ShareGonePage.Form)] = reason?.MayShareAgain == true ? antiforgery.GetAndStoreTokens(context) : null,
            });
        }
        var address = VisitorSeats.AddressOf(context);
        if (seats.IsFull(address))
            return Static<ShareFullPage>(context, StatusCodes.Status429TooManyRequests, []);
        context.Response.Headers.ContentSecurityPolicy = ShareHeaders.LivePolicy(context.Request);
        return new RazorComponentResult<ShareDocument>(new Dictionary<string, object?>
        {
            [nameof(ShareDocument.Token)] = token,
            [nameof(ShareDocument.Address)] = address,
            [nameof(ShareDocument.Name)] = sight.Name,
        });
    }

    /// <summary><b>Share again</b> on the 404 page, by somebody who may.</summary>
    public static async Task<IResult> AgainAsync(string token, HttpContext context, ShareOwners owners, ShareAgain again, CancellationToken cancellation)
    {
        if (context.User.UserId() is not { } userId || await owners.ReasonAsync(userId, token, cancellation) is not { MayShareAgain: true } reason)
            return TypedResults.NotFound();
        try
        {
            return TypedResults.LocalRedirect(await again.DoAsync(reason.Scope, reason.Project.Id, cancellation));
        }
        catch (Refusal refusal)
        {
            return TypedResults.Text(refusal.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    /// <summary>A picture on a shared canvas, as its block shows it now.</summary>
    public static async Task<Results<FileContentHttpResult, NotFound>> PictureAsync(string token, string blockId, HttpContext context, ShareDoor door, ShareReading reading, CancellationToken cancellation)
    {
        if (await door.OpenAsync(token, IsAgain(context.Request), cancellation) is not { } sight)
            return TypedResults.NotFound();
        try
        {
            var reader = await reading.OpenAsync(sight, cancellation);
            return ImageEndpoint.Serve(context.Response, await reader.ContentAsync(blockId, cancellation), "no-store");
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            return TypedResults.NotFound();
        }
    }

    private static RazorComponentResult<TPage> Static<TPage>(HttpContext context, int status, Dictionary<string, object?> parameters) where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        context.Response.Headers.ContentSecurityPolicy = ShareHeaders.StaticPolicy;
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status, PreventStreamingRendering = true };
    }
}

/// <summary>Why a link leads nowhere, for somebody who may share its project.</summary>
public sealed record ShareReason(OrgScope Scope, Project Project, string Cause, bool MayShareAgain);

/// <summary>Tells a signed-in person why a link is off, where they may share its project.</summary>
internal sealed class ShareOwners(ShareDoor door, OrgDirectory orgs, ShareLinks links)
{
    /// <summary>Null where there is nothing to tell this person.</summary>
    public async Task<ShareReason?> ReasonAsync(string userId, string token, CancellationToken cancellation)
    {
        var link = await door.LinkAsync(token, cancellation);
        // Asked in any case: a member of another org is not to learn, by the time it takes, that there was such a link.
        if (await orgs.ScopeOfIdAsync(userId, link?.OrgId ?? "", cancellation) is not { } scope || link!.OffAtMs is null)
            return null;
        try
        {
            var state = await links.FindAsync(scope, link.ProjectId, cancellation);
            if (!state.MayShare)
                return null;
            var isShared = state.Link is not null;
            return new ShareReason(scope, state.Project, isShared ? "The project is shared by a newer link; this one stays dead." : ShareTroubles.Cause(link.OffWhy), !isShared && state.Project.ArchivedAtMs is null);
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            return null; // Deleted, or not theirs to see: they get the page of all others.
        }
    }
}
