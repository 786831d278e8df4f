using Alumia.Lab.Organizations;

namespace Alumia.Lab.Operations;

public static class OperationsModule
{
    public static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder)
    {
        Health.Add(builder.Services);
        Logs.Add(builder);
        builder.Services.AddSingleton<IInstanceCheck, InstanceCheck>();
        Telemetry.Add(builder);
        var days = RetentionOptions.Read(builder.Configuration);
        builder.Services.Configure<RetentionOptions>(options => options.Days = days);
        builder.Services.AddHostedService<Retention>();
        return builder;
    }

    public static WebApplication MapOperations(this WebApplication app)
    {
        Health.Map(app);
        app.MapGet(AuditFile.Route, AuditFile.GetAsync).RequireAuthorization().ExcludeFromDescription();
        return app;
    }
}
