namespace Alumia.Lab.Tools;

public static class ToolsModule
{
    public static WebApplicationBuilder AddTools(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ToolRegistry>();
        builder.Services.AddSingleton<SchemaCheck>();
        builder.Services.AddSingleton<ITool, CurrentTime>();
        builder.Services.AddSingleton<ITool, Wait>();
        return builder;
    }
}
