using Alumia.Lab.Api;

namespace Alumia.Lab.Canvas;

public static class CanvasModule
{
    public static WebApplicationBuilder AddCanvas(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CanvasBoard>();
        builder.Services.AddSingleton<CanvasArchive>();
        return builder;
    }

    public static WebApplication MapCanvas(this WebApplication app)
    {
        app.MapGet(CanvasFileEndpoint.Route, CanvasFileEndpoint.GetAsync).RequireAuthorization().ExcludeFromDescription();
        app.ApiGroup("projects").MapGet("{id}/canvas", CanvasFileEndpoint.OfProjectAsync).Needs(KeyScopes.Read)
            .Produces(StatusCodes.Status200OK, contentType: "application/json");
        return app;
    }
}
