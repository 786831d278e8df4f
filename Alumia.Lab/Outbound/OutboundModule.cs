namespace Alumia.Lab.Outbound;

public static class OutboundModule
{
    public static WebApplicationBuilder AddOutbound(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<OutboundOptions>(builder.Configuration.GetSection("Outbound"));
        builder.Services.AddSingleton<IHostResolver, SystemResolver>();
        builder.Services.AddSingleton<OutboundGuard>();
        builder.Services.AddSingleton<OutboundProxy>();
        builder.Services.AddTransient<Redirects>();
        builder.Services.AddHttpClient(OutboundHttp.Client)
            .ConfigurePrimaryHttpMessageHandler(services => OutboundHttp.CreateHandler(services.GetRequiredService<OutboundGuard>()))
            .AddHttpMessageHandler<Redirects>();
        return builder;
    }
}
