using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>Elements by the references of the last snapshot.</summary>
internal static class PageElement
{
    /// <exception cref="BrowserException">No page is open, or it has no such element.</exception>
    public static async Task<(IPage Page, ILocator Element)> FindAsync(BrowserSession session, string reference)
    {
        if (!session.HasPage)
            throw new BrowserException("No page is open. Open one with browser_open.");
        var page = await session.PageAsync();
        var element = page.GetByRef(reference);
        try
        {
            if (await element.CountAsync() == 1)
                return (page, element);
        }
        catch (PlaywrightException)
        {
            // A reference that the page never had.
        }
        throw new BrowserException($"The page has no element {reference} now. Read it again with browser_read and use a reference from there.");
    }

    /// <exception cref="BrowserException">The element did not let it be done.</exception>
    public static async Task DoAsync(string reference, string what, PageWait wait, Task deed)
    {
        try
        {
            await wait.ForAsync(Then(deed), "the page");
        }
        catch (TimeoutException exception)
        {
            throw new BrowserException($"{reference} could not be {what}: it is hidden, disabled or covered by something else. Read the page again with browser_read.", exception);
        }
        catch (PlaywrightException exception) when (!exception.Message.Contains("closed", StringComparison.Ordinal))
        {
            throw new BrowserException($"{reference} could not be {what}: it is no element for that, or has no such option. Read the page again with browser_read.", exception);
        }

        static async Task<bool> Then(Task deed)
        {
            await deed;
            return true;
        }
    }
}
