namespace Alumia.Lab.Limits;

public static class LimitsModule
{
    public static WebApplicationBuilder AddLimits(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<LimitOptions>(builder.Configuration.GetSection("Limits"));
        builder.Services.AddSingleton<RateLimits>();
        return builder;
    }
}
