using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Http.HttpResults;
using MudBlazor;
using MudBlazor.Services;

namespace Alumia.Lab.Layout;

public static class LayoutModule
{
    /// <summary>The pages' frame. Comes first: rooms replace services of Blazor's.</summary>
    public static WebApplicationBuilder AddLayout(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            options.SnackbarConfiguration.VisibleStateDuration = 6000;
            options.SnackbarConfiguration.ShowTransitionDuration = options.SnackbarConfiguration.HideTransitionDuration = 100;
        });
        builder.Services.AddScoped<ThemeState>();
        builder.Services.AddHostedService<StartLines>();
        return builder;
    }

    /// <summary>The pipeline before the endpoints, in its order.</summary>
    public static WebApplication UseLayout(this WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        // Only people get a page; a client gets the bare status, or what its endpoint wrote.
        app.UseWhen(
            context => HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal),
            people => people.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseMiddleware<PageAccess>();
        return app;
    }

    public static WebApplication MapLayout(this WebApplication app)
    {
        app.MapStaticAssets();
        app.MapTroubles();
        app.MapApiReference();
        app.MapGet("/", HomeAsync).RequireAuthorization().ExcludeFromDescription();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }

    /// <summary>The start page is the lab of the person's first org.</summary>
    private static async Task<RedirectHttpResult> HomeAsync(HttpContext context, OrgDirectory orgs) =>
        await orgs.OrgsOfAsync(context.User.UserId()!, context.RequestAborted) is [var first, ..]
            ? TypedResults.Redirect($"/{first.Slug}/lab")
            : TypedResults.Redirect("/new-organization");
}
