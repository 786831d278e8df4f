using Alumia.Lab.Accounts;
using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Connectors;

public static class ConnectorsModule
{
    public static WebApplicationBuilder AddConnectors(this WebApplicationBuilder builder)
    {
        builder.AddConnections();
        builder.Services.AddOperations();
        return builder;
    }

    public static WebApplication MapConnectors(this WebApplication app)
    {
        app.Services.GetRequiredService<ConnectorCatalogue>(); // A wrong file is told now.
        app.MapConnect();
        app.MapConnectionsApi();
        return app;
    }

    /// <summary>Connections, their credentials, and the way to a consent and back.</summary>
    private static void AddConnections(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddOAuth();
        services.AddHttpClient(ConnectorHttp.Client, client => client.Timeout = Timeout.InfiniteTimeSpan).ConfigurePrimaryHttpMessageHandler(ConnectorHttp.CreateHandler).RemoveAllLoggers();
        services.AddSingleton<ConnectorHttp>();
        services.AddSingleton<PatientHttp>();
        services.AddSingleton<ConnectorProbing>();
        services.AddSingleton<ConnectorSetups>();
        services.AddSingleton<ConnectionVault>();
        services.AddSingleton<ConnectionFinder>();
        services.AddSingleton<CredentialDesk>();
        services.AddSingleton<OAuthExchange>();
        services.AddSingleton<TokenRenewal>();
        services.AddSingleton<ConnectStart>();
        services.AddSingleton<ConnectReturn>();
        services.AddSingleton<ConnectNewsReader>();
        services.AddSingleton<AttemptCheck>();
        services.AddHostedService<ConnectSweep>();
        services.AddSingleton(made => new ConnectionAccess(made.Get<CredentialDesk>(), made.Get<PatientHttp>(), made.Get<Writer>(), made.Get<TimeProvider>()));
        services.AddSingleton(made => new Connections(made.Get<IDbContextFactory<LabDbContext>>(), made.Get<Writer>(), made.Get<Audit>(), made.Get<IUserNames>(), made.Get<AgentDirectory>(),
            made.Get<ConnectorSetups>(), made.Get<OrgDirectory>(), made.Get<ConnectionVault>(), made.Get<OAuthExchange>(), made.Get<TimeProvider>()));
        services.AddSingleton(made => new KeyConnections(
            made.Get<Connections>(), made.Get<ConnectorSetups>(), made.Get<ConnectorProbing>(), made.Get<ConnectionVault>(), made.Get<Writer>(), made.Get<Audit>()));
        services.AddSingleton<ConnectionChecks>();
        services.AddSingleton(made => new ConnectAnswers(made.Get<ConnectReturn>()));
        services.AddSingleton<IFixHandler, ReconnectFix>();
        services.AddSingleton<IFixHandler, ConnectFix>();
        services.AddSingleton(new TroubleKind(ConnectorTroubles.AuthFailedKind, ConnectorTroubles.Section, ReconnectFix.Reconnect));
    }

    private static T Get<T>(this IServiceProvider services) where T : notnull => services.GetRequiredService<T>();
}
