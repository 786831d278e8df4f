using Alumia.Lab.Organizations;

namespace Alumia.Lab.Projects;

public static class ProjectsModule
{
    public static WebApplicationBuilder AddProjects(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProjectDirectory>();
        builder.Services.AddSingleton<IOrgFounded, SampleProjectFounder>();
        return builder;
    }
}
