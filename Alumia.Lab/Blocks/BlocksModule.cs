using Alumia.Lab.Blocks.Markdown;
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
        builder.Services.AddSingleton<ITool, ShowDocument>();
        return builder;
    }
}
