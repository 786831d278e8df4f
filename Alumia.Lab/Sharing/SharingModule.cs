using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sharing;

public static class SharingModule
{
    public static WebApplicationBuilder AddSharing(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.Configure<SharingOptions>(builder.Configuration.GetSection("Sharing"));
        services.AddTransient<IStartupFilter, ShareHeaders>();
        services.AddSingleton<ShareVault>();
        services.AddSingleton(provider => new ShareLinks(provider.GetRequiredService<IDbContextFactory<LabDbContext>>(), provider.GetRequiredService<Writer>(),
            provider.GetRequiredService<ProjectDirectory>(), provider.GetRequiredService<ShareVault>(), provider.GetRequiredService<PublicUrls>(),
            provider.GetRequiredService<IUserNames>(), provider.GetRequiredService<Audit>()));
        services.AddSingleton<ShareDoor>();
        services.AddSingleton<ShareOwners>();
        services.AddSingleton<ShareAgain>();
        services.AddSingleton<ShareReading>();
        services.AddSingleton<ShareCheck>();
        services.AddSingleton<VisitorSeats>();
        services.AddSingleton<ShareVisits>();
        services.AddHostedService(provider => provider.GetRequiredService<ShareVisits>());
        services.AddHostedService<ShareForgetting>();
        services.AddSingleton<IProjectClosing, ShareClosing>();
        services.AddSingleton<IFixHandler, ShareAgainFix>();
        services.AddSingleton(new TroubleKind(ShareTroubles.Kind, ShareTroubles.Section, ShareTroubles.ShareAgain));
        return builder;
    }

    public static WebApplication MapSharing(this WebApplication app)
    {
        app.MapGet(SharePages.Route, SharePages.GetAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(SharePages.AgainRoute, SharePages.AgainAsync).AllowAnonymous().AddEndpointFilter<AntiforgeryFilter>().ExcludeFromDescription();
        app.MapGet(SharePages.PictureRoute, SharePages.PictureAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapShareEndpoints();
        return app;
    }
}
