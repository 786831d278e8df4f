using Alumia.Lab.Blocks;
using Alumia.Lab.Blocks.Markdown;
using Alumia.Lab.Blocks.Views;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using Block = Alumia.Lab.Blocks.Block;
using TestContext = Xunit.TestContext;

namespace Alumia.Lab.Tests.Blocks;

/// <summary>A page over a shelf of its own: components render in it, dialogs and notices too.</summary>
internal sealed class LiveBlocks : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Shelves _shelves;

    private LiveBlocks(Shelves shelves)
    {
        _shelves = shelves;
        Page.JSInterop.Mode = JSRuntimeMode.Loose;
        Page.Services.AddMudServices();
        Page.Services.AddSingleton(shelves.Shelf).AddSingleton(shelves.Authors).AddSingleton(shelves.Database.Feed).AddSingleton(TimeProvider.System);
        Page.Services.AddSingleton<CodeHighlighter>().AddSingleton<MarkdownRenderer>();
        Page.Services.AddScoped<BrowserFiles>();
        var editor = Page.JSInterop.SetupModule(call => call.Identifier == "import" && call.Arguments[0] is string path && path.EndsWith("editor.js", StringComparison.Ordinal));
        editor.Mode = JSRuntimeMode.Loose;
        Field = editor.SetupModule("writer", _ => true);
        Field.Mode = JSRuntimeMode.Loose;
        Dialogs = Page.Render<MudDialogProvider>();
        Notices = Page.Render<MudSnackbarProvider>();
    }

    public BunitContext Page { get; } = new();

    /// <summary>The browser's side of an editor's text field.</summary>
    public BunitJSModuleInterop Field { get; }

    public BlockShelf Shelf => _shelves.Shelf;

    public IRenderedComponent<MudDialogProvider> Dialogs { get; }

    public IRenderedComponent<MudSnackbarProvider> Notices { get; }

    public IDialogService DialogService => Page.Services.GetRequiredService<IDialogService>();

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<LiveBlocks> OpenAsync() => new(await Shelves.OpenAsync(StorageProvider.Sqlite));

    public Task<Block> MakeAsync(BlockKind kind, string content, string title = "Tea", OrgScope? by = null) =>
        Shelf.CreateAsync(by ?? Shelves.Ben, Shelves.ProjectId, kind, title, content, Ct);

    public IRenderedComponent<T> Render<T>(Action<ComponentParameterCollectionBuilder<T>> parameters, OrgScope? scope = null) where T : IComponent =>
        Page.Render<T>(all =>
        {
            all.AddCascadingValue(scope ?? Shelves.Mia);
            parameters(all);
        });

    public async ValueTask DisposeAsync()
    {
        await Page.DisposeAsync();
        await _shelves.DisposeAsync();
    }

    /// <summary>Waits for the one button with these words.</summary>
    public static IElement Button<T>(IRenderedComponent<T> view, string words) where T : IComponent
    {
        view.WaitForState(() => Buttons(view, words).Count == 1, Patience);
        return Buttons(view, words)[0];
    }

    public static List<IElement> Buttons<T>(IRenderedComponent<T> view, string words) where T : IComponent =>
        [.. view.FindAll("button").Where(button => button.TextContent.Trim() == words)];

    public static void WaitFor<T>(IRenderedComponent<T> view, string words) where T : IComponent =>
        view.WaitForAssertion(() => Assert.Contains(words, view.Markup, StringComparison.Ordinal), Patience);
}
