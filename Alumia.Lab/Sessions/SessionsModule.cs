using Alumia.Lab.Accounts;
using Alumia.Lab.Agents;
using Alumia.Lab.Sessions.Cluster;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

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
        AddCluster(builder);
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

    private static void AddCluster(WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection("Cluster");
        builder.Services.Configure<ClusterOptions>(section);
        builder.Services.AddSingleton<Node>();
        builder.Services.AddSingleton<FeedMirrors>();
        builder.Services.AddSingleton<Handover>();
        builder.Services.AddSingleton<IWakeChecker>(services => services.GetRequiredService<Handover>());
        builder.Host.UseOrleans(silo => LabSilo.Configure(silo, section.Get<ClusterOptions>() ?? new(), builder.Configuration.GetSection("Storage").Get<StorageOptions>() ?? new()));
        builder.Services.AddHostedService<Orphans>();
    }
}
