using Alumia.Lab.Troubles;

namespace Alumia.Lab.Models;

public static class ModelsModule
{
    public static WebApplicationBuilder AddModels(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ModelCatalogue>();
        builder.Services.AddSingleton<ProviderAddresses>();
        builder.Services.AddSingleton<KeyVault>();
        builder.Services.AddSingleton<OwnKeys>();
        builder.Services.AddSingleton<ModelRouter>();
        builder.Services.AddSingleton<TokenCounter>();
        builder.Services.AddSingleton(services => new ChatClients(CreateHttp(), services.GetRequiredService<TimeProvider>(),
            builder.Configuration.GetValue<int?>("Models:SilenceSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            services.GetRequiredService<OwnKeys>(), builder.Configuration.GetValue<bool>("Telemetry:Content")));
        builder.AddProviderKeys();
        return builder;
    }

    private static void AddProviderKeys(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => new KeyCheck(CreateHttp(), services.GetRequiredService<ProviderAddresses>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<ProviderKeys>();
        builder.Services.AddSingleton<IFixHandler, OpenProviderKeysFix>();
        builder.Services.AddSingleton<IFixHandler, RemoveProviderKeyFix>();
        builder.Services.AddSingleton<IFixHandler, ByokHelpFix>();
        // A key is typed into a page, and SignalR's log of debugging tells what comes from pages to the letter.
        builder.Logging.AddFilter("Microsoft.AspNetCore.SignalR", LogLevel.Information);
    }

    /// <summary>One pool for all providers; a stream may last as long as it speaks.</summary>
    private static HttpClient CreateHttp() => new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(15),
        AllowAutoRedirect = false, // A redirect would carry the conversation elsewhere.
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
