namespace Alumia.Lab.Operations;

public static class OperationsModule
{
    public static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder)
    {
        Health.Add(builder.Services);
        Telemetry.Add(builder);
        return builder;
    }

    public static WebApplication MapOperations(this WebApplication app)
    {
        Health.Map(app);
        return app;
    }
}
