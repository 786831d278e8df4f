using Alumia.Lab.Organizations;

namespace Alumia.Lab.Operations;

public static class OperationsModule
{
    public static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder)
    {
        Health.Add(builder.Services);
        builder.Services.AddSingleton<IInstanceCheck, InstanceCheck>();
        Telemetry.Add(builder);
        return builder;
    }

    public static WebApplication MapOperations(this WebApplication app)
    {
        Health.Map(app);
        return app;
    }
}
