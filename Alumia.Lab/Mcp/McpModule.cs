namespace Alumia.Lab.Mcp;

public static class McpModule
{
    public static WebApplicationBuilder AddMcp(this WebApplicationBuilder builder) => builder;

    public static WebApplication MapMcp(this WebApplication app) => app;
}
