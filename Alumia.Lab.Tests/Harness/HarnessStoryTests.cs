using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Harness;

/// <summary>Chromium meets a page of the tests' own, and its complaints are seen.</summary>
public sealed class HarnessStoryTests(Browsers browsers) : Story(browsers)
{
    [Fact]
    public async Task A_page_opens_in_Chromium()
    {
        await using var lab = await StartAsync();
        var page = await PageAsync(lab);

        await page.GotoAsync("/harness");

        Assert.Equal("Harness", await page.TitleAsync());
        Assert.StartsWith(lab.Address.ToString(), page.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("setTimeout(() => { setTimeout(() => console.log('after'), 0); throw new Error('a fault of the page'); }, 0)")]
    [InlineData("console.error('a fault of the page'); console.log('after')")]
    public async Task An_error_of_a_page_fails_its_story(string script)
    {
        await using var lab = await StartAsync();
        var story = new Other(Browsers);
        await story.RunAsync(lab, script);

        var thrown = await Assert.ThrowsAnyAsync<Exception>(async () => await story.DisposeAsync());

        Assert.Contains("a fault of the page", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_that_belongs_to_the_story_does_not_fail_it()
    {
        await using var lab = await StartAsync();
        ExpectError("a fault of the page");
        var page = await PageAsync(lab);
        await page.GotoAsync("/harness");

        await page.RunAndWaitForConsoleMessageAsync(() => page.EvaluateAsync("console.error('a fault of the page')"));
    }

    private static Task<LabHost> StartAsync() =>
        LabHost.StartAsync(new LabHostOptions { Services = services => services.AddSingleton<IStartupFilter, OwnPage>() });

    private sealed class Other(Browsers browsers) : Story(browsers)
    {
        public async Task RunAsync(ILab lab, string script)
        {
            var page = await PageAsync(lab);
            await page.GotoAsync("/harness");
            await page.RunAndWaitForConsoleMessageAsync(() => page.EvaluateAsync(script), new() { Predicate = message => message.Text == "after" });
        }
    }

    private sealed class OwnPage : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Map("/harness", own => own.Run(context =>
            {
                context.Response.ContentType = "text/html";
                return context.Response.WriteAsync("<title>Harness</title><link rel=icon href=data:,>Harness");
            }));
            next(app);
        };
    }
}
