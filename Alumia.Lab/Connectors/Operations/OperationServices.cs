using Alumia.Lab.Sessions;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Connectors;

/// <summary>The room's part that makes operations tools.</summary>
internal static class OperationServices
{
    public static void AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<ConnectorCatalogue>();
        services.AddSingleton<IConnectorSource>(provider => provider.GetRequiredService<ConnectorCatalogue>());
        services.AddSingleton<OperationRunner>();
        services.AddSingleton<OperationStandings>();
        services.AddHostedService<ConsentWatch>();
        services.AddSingleton<IToolSource, OperationTools>();
        services.AddSingleton<IWakeChecker, OperationWake>();
        services.AddSingleton<IFixHandler, GoOnWithoutFix>();
        foreach (var kind in OperationTroubles.Kinds)
            services.AddSingleton(kind);
    }
}
