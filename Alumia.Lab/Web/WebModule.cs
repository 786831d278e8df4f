using Alumia.Lab.Tools;

namespace Alumia.Lab.Web;

public static class WebModule
{
    public static WebApplicationBuilder AddWeb(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<WebOptions>(builder.Configuration.GetSection("Tools:Web"));
        builder.Services.AddSingleton<PageReader>();
        builder.Services.AddSingleton<ITool, WebFetch>();
        return builder;
    }
}
