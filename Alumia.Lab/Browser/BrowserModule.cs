using Alumia.Lab.Tools;

namespace Alumia.Lab.Browser;

public static class BrowserModule
{
    public static WebApplicationBuilder AddBrowser(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<BrowserOptions>(builder.Configuration.GetSection("Tools:Browser"));
        builder.Services.AddSingleton<BrowserHost>();
        builder.Services.AddSingleton<BrowserSessions>();
        builder.Services.AddSingleton<ISessionResources>(services => services.GetRequiredService<BrowserSessions>());
        builder.Services.AddSingleton<BrowserDesk>();
        builder.Services.AddSingleton<ITool, BrowserOpen>();
        builder.Services.AddSingleton<ITool, BrowserClick>();
        builder.Services.AddSingleton<ITool, BrowserType>();
        builder.Services.AddSingleton<ITool, BrowserRead>();
        builder.Services.AddSingleton<ITool, BrowserScreenshot>();
        return builder;
    }
}
