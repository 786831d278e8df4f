using Alumia.Lab.Accounts;
using Alumia.Lab.Outbound;

namespace Alumia.Lab.Organizations;

public static class OrganizationsModule
{
    public static WebApplicationBuilder AddOrganizations(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<Audit>();
        services.AddSingleton<OrgDirectory>();
        services.AddSingleton<Members>();
        services.AddSingleton<Invitations>();
        services.AddScoped<SignUps>();
        services.AddScoped<DemoLab>();
        services.AddScoped<InstanceAdmin>();
        return builder;
    }

    public static WebApplication MapOrganizations(this WebApplication app)
    {
        app.MapPost("/demo-login", async (DemoLab demo, SignIns signIns, CancellationToken cancellation) =>
        {
            await signIns.AsAsync(await demo.OpenAsync(cancellation));
            return TypedResults.LocalRedirect($"/{DemoLab.Slug}/lab");
        }).AddEndpointFilter(HideFromOthersAsync).AddEndpointFilter<AntiforgeryFilter>().ExcludeFromDescription();
        return app;
    }

    private static async ValueTask<object?> HideFromOthersAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var services = http.RequestServices;
        return LocalRequests.IsLocal(http, services.GetRequiredService<IHostEnvironment>(), services.GetRequiredService<IConfiguration>())
            ? await next(context) : TypedResults.NotFound();
    }
}
