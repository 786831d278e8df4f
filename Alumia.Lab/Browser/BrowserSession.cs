using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>The browser of one session: a context, its pages, and the one that is looked at, which is the newest.</summary>
internal sealed class BrowserSession
{
    private const int MostPages = 4;

    private readonly Lock _lock = new();
    private readonly List<IPage> _pages = [];

    public BrowserSession(IBrowserContext context, TimeProvider clock)
    {
        (Context, Traffic) = (context, new PageTraffic(context, clock));
        context.SetDefaultTimeout(10_000);
        context.Page += (_, page) => Take(page);
    }

    public IBrowserContext Context { get; }

    public PageNotes Notes { get; } = new();

    public PageTraffic Traffic { get; }

    /// <summary>The address of the page that is looked at; null where none is open.</summary>
    public string? Address
    {
        get
        {
            lock (_lock)
                return _pages.LastOrDefault()?.Url;
        }
    }

    /// <summary>The page that is looked at; a new one where all are closed.</summary>
    public async Task<IPage> PageAsync()
    {
        lock (_lock)
        {
            if (_pages.Count > 0)
                return _pages[^1];
        }
        return await Context.NewPageAsync(); // Context.Page tells of it before this returns.
    }

    /// <summary>Whether a page is open.</summary>
    public bool HasPage => Address is not null;

    private void Take(IPage page)
    {
        bool isTooMany, isPopup;
        lock (_lock)
        {
            (isPopup, isTooMany) = (_pages.Count > 0, _pages.Count >= MostPages);
            if (!isTooMany)
                _pages.Add(page);
        }
        if (isTooMany)
        {
            Notes.Add("One more window was refused: too many are open.");
            Forget(page.CloseAsync());
            return;
        }
        if (isPopup)
            Notes.Add("The page opened a new window, which is now the page that is looked at.");
        page.Close += (_, _) => Drop(page);
        page.Crash += (_, _) =>
        {
            Notes.Add("The page crashed.");
            Drop(page);
        };
        page.Dialog += (_, dialog) => Answer(dialog);
        page.Download += (_, download) =>
        {
            Notes.Add($"The page offered a file, {download.SuggestedFilename}; downloads are refused.");
            Forget(download.CancelAsync());
        };
        page.FileChooser += (_, _) => Notes.Add("The page asked for a file of this machine; it gets none.");
    }

    private void Drop(IPage page)
    {
        lock (_lock)
            _pages.Remove(page);
    }

    /// <summary>Nobody is there to answer: what tells is read, what asks is told no.</summary>
    private void Answer(IDialog dialog)
    {
        var isYes = dialog.Type is DialogType.Alert or DialogType.BeforeUnload;
        if (dialog.Type != DialogType.BeforeUnload)
            Notes.Add($"The page showed a dialog ({dialog.Type}): \"{dialog.Message}\". It was {(isYes ? "closed" : "answered with Cancel")}.");
        Forget(isYes ? dialog.AcceptAsync() : dialog.DismissAsync());
    }

    /// <summary>A page may be gone before it is answered.</summary>
    private static void Forget(Task task) => task.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
