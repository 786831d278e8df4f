using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Alumia.Lab.Layout;

/// <summary>
/// Answers 404 for a page of an org or a project that this person may not see, before any circuit begins: what is another's does not exist.
/// The circuit checks again (OrgBoundary, the services); this is for the status code.
/// </summary>
internal sealed class PageAccess(RequestDelegate next, OrgDirectory orgs, ProjectDirectory projects)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var isPage = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
        if (!isPage || context.Request.RouteValues["OrgSlug"] is not string slug || await MaySeeAsync(context, slug))
            await next(context);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private async Task<bool> MaySeeAsync(HttpContext context, string slug)
    {
        if (context.User.UserId() is not { } userId)
            return true; // A page that is open to anybody; the others have asked to sign in by now.
        if (await orgs.ScopeAsync(userId, slug, context.RequestAborted) is not { } scope)
            return false;
        if (context.Request.RouteValues["ProjectId"] is not string projectId)
            return true;
        try
        {
            await projects.FindAsync(scope, projectId, context.RequestAborted);
            return true;
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            return false;
        }
    }
}
