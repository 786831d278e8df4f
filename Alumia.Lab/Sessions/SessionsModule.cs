using System.Net;
using System.Net.Sockets;
using Alumia.Lab.Accounts;
using Alumia.Lab.Agents;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Alumia.Lab.Sessions;

public static class SessionsModule
{
    public static WebApplicationBuilder AddSessions(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<SessionsOptions>(builder.Configuration.GetSection("Sessions"));
        builder.Services.AddSingleton<LiveFeeds>();
        builder.Services.AddSingleton<LiveRuns>();
        builder.Services.AddSingleton<LiveCalls>();
        builder.Services.AddHostedService<RunStopper>();
        builder.Services.AddSingleton<Funds>();
        builder.Services.AddSingleton<IWakeChecker>(services => services.GetRequiredService<Funds>());
        builder.Services.AddSingleton<SessionRuntime>();
        builder.Services.AddSingleton<SessionDirectory>();
        builder.Services.AddSingleton<SessionWatch>();
        builder.Services.AddSingleton<SessionForgetting>();
        builder.Services.AddSingleton<ChatLimit>();
        builder.Services.AddSingleton<SessionNames>();
        builder.Services.AddSingleton(services => new Conversations(services.GetRequiredService<SessionDirectory>(), services.GetRequiredService<SessionWatch>(),
            services.GetRequiredService<ChatLimit>(), services.GetRequiredService<IGrainFactory>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<IOptions<SessionsOptions>>().Value));
        builder.Services.AddSingleton(services => new SessionCopies(services.GetRequiredService<IDbContextFactory<LabDbContext>>(),
            services.GetRequiredService<SessionDirectory>(), services.GetRequiredService<AgentDirectory>(), services.GetRequiredService<IUserNames>()));
        builder.Services.AddSingleton(services => new SessionWaits(services.GetRequiredService<SessionDirectory>()));
        builder.Services.AddHostedService<Recovery>();
        builder.Services.AddSingleton<IWakeChecker, OwnKeyWake>();
        builder.Services.AddSingleton<IWakeChecker, SpendLimits>();
        builder.Services.AddSingleton<IWakeChecker, Approvals>();
        builder.Host.UseOrleans(ConfigureSilo);
        builder.Services.AddHostedService<Waker>();
        builder.Services.AddHostedService<SlowTools>();
        builder.Services.AddSingleton<IFixHandler, ResumeFix>();
        builder.Services.AddSingleton<IFixHandler, WakeNowFix>();
        builder.Services.AddSingleton<IFixHandler, CancelFix>();
        builder.Services.AddSingleton<IFixHandler, AgentSettingsFix>();
        builder.Services.AddSingleton<IFixHandler, AddFundsFix>();
        builder.Services.AddSingleton<IFixHandler, AddKeyFix>();
        builder.Services.AddSingleton<IFixHandler, FreeModelFix>();
        builder.Services.AddSingleton<IFixHandler, CancelCallFix>();
        builder.Services.AddSingleton<IFixHandler, CancelAndEditFix>();
        builder.Services.AddSingleton<IFixHandler, DisableToolFix>();
        builder.Services.AddSingleton<IFixHandler, TryToolFix>();
        builder.Services.AddSingleton<IFixHandler, SwitchToolOnFix>();
        foreach (var kind in SessionTroubles.Kinds)
            builder.Services.AddSingleton(kind);
        return builder;
    }

    /// <summary>A silo of one process. Two on one machine would listen on the same default ports without an error, so each takes a free one; nobody comes in by a gateway.</summary>
    private static void ConfigureSilo(ISiloBuilder silo)
    {
        var port = FreePort();
        silo.UseLocalhostClustering(siloPort: port, gatewayPort: 0, primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, port));
        silo.Configure<EndpointOptions>(endpoint => endpoint.GatewayPort = 0);
        silo.AddActivityPropagation();
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = TimeSpan.FromMinutes(5));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
