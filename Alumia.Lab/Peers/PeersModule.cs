using Alumia.Lab.Sessions;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Peers;

public static class PeersModule
{
    public static WebApplicationBuilder AddPeers(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<PeersOptions>(builder.Configuration.GetSection("Peers"));
        builder.Services.AddSingleton<IMailbox, Mailbox>();
        builder.Services.AddSingleton<IWakeChecker, PeerWake>();
        builder.Services.AddSingleton<PeerLimits>();
        builder.Services.AddSingleton<Spawning>();
        builder.Services.AddSingleton<PeerTroubles>();
        builder.Services.AddSingleton<PersonsMessages>();
        builder.Services.AddSingleton<PeerTraffic>();
        builder.Services.AddSingleton<ListAgents>();
        builder.Services.AddSingleton<ITool>(services => services.GetRequiredService<ListAgents>());
        builder.Services.AddSingleton<ITool, MessageAgent>();
        builder.Services.AddSingleton<ITool, CheckMessages>();
        builder.Services.AddSingleton<ITool, SpawnAgent>();
        builder.Services.AddSingleton<ITool, CreateAgent>();
        builder.Services.AddSingleton<IFixHandler, ListParticipantsFix>();
        builder.Services.AddSingleton<IFixHandler, FollowUpFix>();
        builder.Services.AddSingleton<IFixHandler, AnswerForPeerFix>();
        foreach (var kind in PeerTroubles.Kinds)
            builder.Services.AddSingleton(kind);
        builder.Services.AddHostedService<Courier>();
        builder.Services.AddHostedService<PeerWatch>();
        return builder;
    }
}
