using Alumia.Lab.Billing;
using Alumia.Lab.Connectors;
using Alumia.Lab.Models;
using Alumia.Lab.Offline.Models;
using Alumia.Lab.Offline.OAuth;
using Alumia.Lab.Offline.Services;
using Alumia.Lab.Offline.Stripe;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Alumia.Lab.Offline;

public static class OfflineModule
{
    /// <summary>Adds the stand-ins for the outside world, in Development alone.</summary>
    public static WebApplicationBuilder AddOffline(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment())
            return builder;
        builder.Services.AddSingleton<ShiftedClock>();
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(services => services.GetRequiredService<ShiftedClock>()));
        builder.Services.AddSingleton<OfflineDesk>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OfflineDesk>());
        builder.Services.AddSingleton<OwnAddress>();
        builder.Services.AddSingleton<IStandIn, StandIn>();
        builder.Services.AddSingleton<ProviderRequests>();
        builder.Services.AddSingleton<Planner>();
        builder.Services.AddSingleton<StandInAnswers>();
        AddStripe(builder.Services);
        AddOAuth(builder.Services);
        return builder;
    }

    private static void AddStripe(IServiceCollection services)
    {
        services.AddSingleton<StripeAccount>();
        services.AddSingleton<IStripeStandIn>(provider => provider.GetRequiredService<StripeAccount>());
        services.AddSingleton<IWebhookFault, WebhookFault>();
        services.AddSingleton<StripeEvents>();
        services.AddSingleton<StripePayments>();
        services.AddSingleton<StripeMaking>();
        services.AddSingleton<StripeCalls>();
        services.AddHostedService<StripeCourier>();
    }

    private static void AddOAuth(IServiceCollection services)
    {
        services.AddOAuthServer();
        services.AddSingleton<IConnectorStandIn, OAuthStandIn>();
        services.AddSingleton<OAuthCalls>();
        services.AddSingleton<ProviderFaults>();
        services.AddSingleton<ServiceStore>();
        services.AddSingleton<Outbox>();
    }

    /// <summary>Maps them; outside Development nothing under <c>/offline</c> answers.</summary>
    public static WebApplication MapOffline(this WebApplication app)
    {
        app.UseOfflineGuard();
        if (!app.Environment.IsDevelopment())
            return app;
        if (app.Configuration.GetValue<bool>("Offline:Expose"))
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Alumia.Lab.Offline")
                .LogWarning("Offline:Expose is on: whoever reaches this lab reaches its stand-ins and its demo login");
        app.Use(next => context => context.RequestServices.GetRequiredService<ProviderFaults>().PassAsync(context, next));
        var offline = app.MapGroup("/offline").AllowAnonymous().DisableAntiforgery();
        offline.MapSwitches();
        offline.MapGet("/requests", (ProviderRequests requests) => new { items = requests.Recent() });
        offline.MapOpenAiStandIn();
        offline.MapAnthropicStandIn();
        offline.MapStripeStandIn();
        offline.MapOAuthConsent();
        offline.MapOAuthDesk();
        offline.MapServices();
        return app;
    }
}
