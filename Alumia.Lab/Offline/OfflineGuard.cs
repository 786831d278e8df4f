using Alumia.Lab.Outbound;

namespace Alumia.Lab.Offline;

internal static class OfflineGuard
{
    /// <summary>Everything under <c>/offline</c>, the page too, does not exist for whom <see cref="LocalRequests"/> refuses. In place in every environment.</summary>
    public static void UseOfflineGuard(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/offline", StringComparison.OrdinalIgnoreCase) || LocalRequests.IsLocal(context))
                return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }
}
