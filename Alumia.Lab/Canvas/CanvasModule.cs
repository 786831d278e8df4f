namespace Alumia.Lab.Canvas;

public static class CanvasModule
{
    public static WebApplicationBuilder AddCanvas(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CanvasBoard>();
        return builder;
    }
}
