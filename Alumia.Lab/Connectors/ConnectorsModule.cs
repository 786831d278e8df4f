namespace Alumia.Lab.Connectors;

public static class ConnectorsModule
{
    public static WebApplicationBuilder AddConnectors(this WebApplicationBuilder builder) => builder;

    public static WebApplication MapConnectors(this WebApplication app) => app;
}
