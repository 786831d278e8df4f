using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Mcp;

public static class McpModule
{
    public static WebApplicationBuilder AddMcp(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.Configure<McpOptions>(builder.Configuration.GetSection(McpOptions.Section));
        services.AddSingleton<McpVault>();
        services.AddSingleton<McpReach>();
        services.AddSingleton<McpRecords>();
        services.AddSingleton<McpClients>();
        services.AddHostedService(all => all.GetRequiredService<McpClients>());
        services.AddSingleton<McpPrograms>();
        services.AddSingleton<IToolSource, McpTools>();
        services.AddSingleton(all => new McpServers(
            all.GetRequiredService<IDbContextFactory<LabDbContext>>(), all.GetRequiredService<Writer>(), all.GetRequiredService<Audit>(), all.GetRequiredService<IUserNames>(),
            all.GetRequiredService<McpVault>(), all.GetRequiredService<McpReach>(), all.GetRequiredService<McpClients>(), all.GetRequiredService<McpPrograms>(),
            all.GetRequiredService<ToolRegistry>(), all.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new TroubleKind(McpTroubles.Failed, McpTroubles.Section, TryMcpServerFix.Try, OpenMcpServersFix.Open));
        services.AddSingleton(new TroubleKind(McpTroubles.Changed, McpTroubles.Section, OpenMcpServersFix.Open));
        services.AddSingleton<IFixHandler, TryMcpServerFix>();
        services.AddSingleton<IFixHandler, OpenMcpServersFix>();
        return builder;
    }

    public static WebApplication MapMcp(this WebApplication app)
    {
        app.MapServers();
        return app;
    }
}
