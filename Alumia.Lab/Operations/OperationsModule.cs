namespace Alumia.Lab.Operations;

public static class OperationsModule
{
    public static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder)
    {
        Health.Add(builder.Services);
        return builder;
    }

    public static WebApplication MapOperations(this WebApplication app)
    {
        Health.Map(app);
        return app;
    }
}
