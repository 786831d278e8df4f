using Alumia.Lab.Sandbox.Tools;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sandbox;

public static class SandboxModule
{
    public static WebApplicationBuilder AddSandbox(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.Configure<SandboxOptions>(builder.Configuration.GetSection(SandboxOptions.Section));
        services.AddSingleton<Workspaces>();
        services.AddSingleton<WorkspaceSweep>();
        services.AddSingleton<SandboxSupport>();
        services.AddSingleton(all => new CommandRunner(
            all.GetRequiredService<SandboxSupport>(), all.GetRequiredService<Workspaces>(), all.GetRequiredService<TimeProvider>(), all.GetRequiredService<IOptions<SandboxOptions>>()));
        services.AddSingleton(all => new ProgramRunner(
            all.GetRequiredService<SandboxSupport>(), all.GetRequiredService<Workspaces>(), all.GetRequiredService<TimeProvider>(),
            all.GetRequiredService<IOptions<SandboxOptions>>(), all.GetRequiredService<IOptions<StorageOptions>>()));
        services.AddSingleton<SessionFiles>();
        services.AddSingleton<ITool, RunCommand>();
        services.AddSingleton<ITool, WriteFile>();
        services.AddSingleton<ITool, ReadFile>();
        services.AddSingleton<ITool, ListFiles>();
        return builder;
    }

    public static WebApplication MapSandbox(this WebApplication app)
    {
        app.MapGet(FileEndpoint.Route, FileEndpoint.GetAsync).RequireAuthorization().ExcludeFromDescription();
        return app;
    }
}
