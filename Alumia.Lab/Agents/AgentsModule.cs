using Alumia.Lab.Organizations;

namespace Alumia.Lab.Agents;

public static class AgentsModule
{
    public static WebApplicationBuilder AddAgents(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AgentDirectory>();
        builder.Services.AddSingleton<IOrgFounded, AlaFounder>();
        return builder;
    }
}
