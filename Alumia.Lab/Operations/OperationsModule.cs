namespace Alumia.Lab.Operations;

public static class OperationsModule
{
    public static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder)
    {
        Health.Add(builder.Services);
        Logs.Add(builder);
        Telemetry.Add(builder);
        var days = RetentionOptions.Read(builder.Configuration);
        builder.Services.Configure<RetentionOptions>(options => options.Days = days);
        builder.Services.AddHostedService<Retention>();
        return builder;
    }

    public static WebApplication MapOperations(this WebApplication app)
    {
        Health.Map(app);
        return app;
    }
}
