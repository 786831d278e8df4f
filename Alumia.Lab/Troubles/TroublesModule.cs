namespace Alumia.Lab.Troubles;

public static class TroublesModule
{
    public static WebApplicationBuilder AddTroubles(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TroubleLog>();
        builder.Services.AddHostedService<TroubleFader>();
        return builder;
    }
}
