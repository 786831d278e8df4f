using Alumia.Lab.Blocks.Markdown;
using Alumia.Lab.Blocks.Tools;
using Alumia.Lab.Blocks.Views;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks;

public static class BlocksModule
{
    public static WebApplicationBuilder AddBlocks(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CodeHighlighter>();
        builder.Services.AddSingleton<MarkdownRenderer>();
        builder.Services.AddSingleton<BlockAuthors>();
        builder.Services.AddScoped<BrowserFiles>();
        builder.Services.AddSingleton<BlockShelf>();
        builder.Services.AddSingleton<BlockCopies>();
        builder.Services.AddSingleton<ITool, ShowDocument>();
        builder.Services.AddSingleton<ITool, ShowCode>();
        builder.Services.AddSingleton<ITool, ShowTable>();
        builder.Services.AddSingleton<ITool, ShowChart>();
        builder.Services.AddSingleton<ITool, ShowImage>();
        builder.Services.AddSingleton<ITool, SearchBlocks>();
        builder.Services.AddSingleton<ITool, ListBlocks>();
        builder.Services.AddSingleton<ITool, ReadBlock>();
        builder.Services.AddSingleton<ITool, UpdateBlock>();
        return builder;
    }

    public static WebApplication MapBlocks(this WebApplication app)
    {
        app.MapGet(ImageEndpoint.Route, ImageEndpoint.GetAsync).RequireAuthorization().ExcludeFromDescription();
        app.MapBlockEndpoints();
        return app;
    }
}
