namespace Alumia.Lab.Models;

public static class ModelsModule
{
    public static WebApplicationBuilder AddModels(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ModelCatalogue>();
        builder.Services.AddSingleton<ModelRouter>();
        builder.Services.AddSingleton<TokenCounter>();
        builder.Services.AddSingleton(services => new ChatClients(CreateHttp(), services.GetRequiredService<TimeProvider>(),
            builder.Configuration.GetValue<int?>("Models:SilenceSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null));
        return builder;
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
