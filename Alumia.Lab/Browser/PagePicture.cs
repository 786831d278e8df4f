using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>A picture of a page, as a JPEG of at most about a megabyte.</summary>
internal static class PagePicture
{
    private const int Most = 1_000_000;
    private const int Highest = 5_000;

    /// <param name="page">The page.</param>
    /// <param name="isWhole">From top to bottom (at most 5,000 px) instead of what is in view.</param>
    public static async Task<byte[]> TakeAsync(IPage page, bool isWhole)
    {
        Clip? clip = null;
        if (isWhole)
        {
            var size = await page.EvaluateAsync<int[]>("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]");
            clip = new Clip { X = 0, Y = 0, Width = Math.Clamp(size[0], 1, 1920), Height = Math.Clamp(size[1], 1, Highest) };
        }
        foreach (var quality in new[] { 70, 40, 15 })
        {
            var bytes = await page.ScreenshotAsync(new PageScreenshotOptions
            {
                Type = ScreenshotType.Jpeg,
                Quality = quality,
                FullPage = isWhole,
                Clip = clip,
                Scale = ScreenshotScale.Css,
                Animations = ScreenshotAnimations.Disabled,
                Timeout = 9_000,
            });
            if (bytes.Length <= Most || quality == 15)
                return bytes;
        }
        return [];
    }
}
