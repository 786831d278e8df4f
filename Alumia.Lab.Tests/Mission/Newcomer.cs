using System.Globalization;
using System.Text.RegularExpressions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Mission;

/// <summary>Somebody who has just come to a lab: a browser, an account and an org of the same name, and what they do there by the pages.</summary>
internal sealed class Newcomer(MissionLab lab, string name, IPage page, Func<IBrowserContext, Task<IPage>> tab, Func<Task<IPage>> stranger)
{
    /// <summary>The tab with the lab.</summary>
    public IPage Page { get; } = page;

    /// <summary>The org's slug.</summary>
    public string Org { get; } = name;

    public MissionLab Lab { get; } = lab;

    /// <summary>One more tab of theirs.</summary>
    public async Task<IPage> TabAsync(string address)
    {
        var opened = await tab(Page.Context);
        await opened.GotoAsync(address);
        return opened;
    }

    /// <summary>A page of somebody without an account, at another machine.</summary>
    public Task<IPage> StrangerAsync() => stranger();

    /// <summary>From the desk to the start page, and by the form there to an account and an org.</summary>
    public async Task SignUpAsync()
    {
        await Page.GotoAsync("/offline");
        await Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "Offline desk" })).ToBeVisibleAsync();
        await Page.GotoAsync("/");
        await Page.GetByRole(AriaRole.Link, new() { Name = "Make an account" }).ClickAsync();
        await Page.GetByLabel("Your name").FillAsync(Org);
        await Page.GetByLabel("E-mail").FillAsync($"{Org}@example.com");
        await Page.GetByLabel("Password").FillAsync("correct horse");
        await Page.GetByLabel("Organization").FillAsync(Org);
        await Assertions.Expect(Page.GetByLabel("Its address")).ToHaveValueAsync(Org);
        await Demo.Button(Page, "Make the account").ClickAsync();
        await Assertions.Expect(Page).ToHaveURLAsync(new Regex($"/{Org}/lab$"));
    }

    /// <summary>Starts a project from a sentence, which is the first message to Ala.</summary>
    public async Task BeginAsync(string text) => await BeginAsync(Page, text);

    /// <inheritdoc cref="BeginAsync(string)"/>
    public async Task BeginAsync(IPage on, string text)
    {
        await on.GotoAsync($"/{Org}/lab");
        await Demo.Message(on).FillAsync(text);
        await Demo.Button(on, "Start").ClickAsync();
        await Assertions.Expect(on).ToHaveURLAsync(new Regex($"/{Org}/lab/prj_.*session=ses_"));
    }

    /// <summary>Picks Ala's model in its settings, in a tab that is closed again.</summary>
    public async Task ModelAsync(string model)
    {
        var settings = await TabAsync($"/{Org}/agents/ala");
        await PickModelAsync(settings, model);
        await settings.CloseAsync();
    }

    /// <summary>Picks a model on the agent's settings page.</summary>
    public static async Task PickModelAsync(IPage settings, string model)
    {
        await settings.GetByLabel("Find a model").FillAsync(model[..model.IndexOf('/', StringComparison.Ordinal)]);
        await settings.Locator($"label.model input[value='{model}']").CheckAsync();
        await Demo.Button(settings, "Save changes").ClickAsync();
        await Assertions.Expect(settings.GetByText("Saved. It counts from the next turn on.")).ToBeVisibleAsync();
    }

    /// <summary>Makes a key of the API in the settings and gives a program that bears it; it asks for JSON.</summary>
    public async Task<HttpClient> ProgramAsync()
    {
        var settings = await TabAsync($"/{Org}/settings?tab=api-keys");
        var key = await MakeKeyAsync(settings, "program");
        await settings.CloseAsync();
        return Bearing(key);
    }

    /// <summary>A program with both headers.</summary>
    public HttpClient Bearing(string? key, string? org = null)
    {
        var client = Lab.Program();
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        if ((org ?? Org) is { Length: > 0 } named)
            client.DefaultRequestHeaders.Add("X-Alumia-Org", named);
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        return client;
    }

    /// <summary>Makes a key on the page of keys: the dialog shows it, once.</summary>
    public static async Task<string> MakeKeyAsync(IPage settings, string label)
    {
        await Demo.Button(settings, "Create key").ClickAsync();
        var dialog = settings.GetByRole(AriaRole.Dialog);
        foreach (var scope in new[] { "read", "chat", "manage" })
            await Assertions.Expect(dialog.GetByRole(AriaRole.Checkbox, new() { Name = scope })).ToBeCheckedAsync();
        await dialog.GetByLabel("Label").FillAsync(label);
        await Demo.Button(settings, "Create key").And(dialog.GetByRole(AriaRole.Button)).ClickAsync();
        return await TakeKeyAsync(settings);
    }

    /// <summary>Takes the key from the dialog that shows it, and closes that.</summary>
    public static async Task<string> TakeKeyAsync(IPage settings)
    {
        var dialog = settings.GetByRole(AriaRole.Dialog);
        var key = await dialog.GetByLabel("The key").InputValueAsync();
        Assert.Matches("^alm_test_[0-9a-f]{48}$", key);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        return key;
    }

    /// <summary>The card of a trouble in its section of the org's troubleshooting page, in a tab of its own.</summary>
    public async Task<(IPage Page, ILocator Card)> SectionAsync(string section, string kind)
    {
        var opened = await TabAsync($"/{Org}/troubleshooting");
        return (opened, opened.GetByRole(AriaRole.Region, new() { Name = section, Exact = true }).Locator($"section.trouble[data-trouble={kind}]"));
    }

    /// <summary>Waits until the page of <see cref="SectionAsync"/> says by itself that the trouble is over, and closes it.</summary>
    public static async Task HealedAsync((IPage Page, ILocator Card) section, string by)
    {
        await Assertions.Expect(section.Card).ToHaveCountAsync(0);
        await Assertions.Expect(section.Page.GetByRole(AriaRole.Region, new() { Name = "Recently healed" })).ToContainTextAsync(by);
        await section.Page.CloseAsync();
    }

    /// <summary>The pill in the header.</summary>
    public static ILocator Pill(IPage on, string says) => on.Locator("header").GetByRole(AriaRole.Link, new() { Name = says, Exact = true });

    /// <summary>Sets a switch of the desk by its page.</summary>
    public async Task SetAsync(string name, string value)
    {
        var desk = await TabAsync("/offline");
        var field = desk.Locator($"[id='{name}']");
        // The page is there before it listens.
        await Eventually.True(async () =>
        {
            if (await field.EvaluateAsync<string>("field => field.tagName") == "SELECT")
                await field.SelectOptionAsync(value);
            else
                await field.FillAsync(value);
            await field.DispatchEventAsync("change");
            return await desk.GetByText($"{name} is {value} now.").IsVisibleAsync();
        }, $"the desk says that {name} is {value}");
        await desk.CloseAsync();
    }

    /// <summary>Moves the lab's clock so many minutes on, by the desk.</summary>
    public async Task LaterAsync(int minutes)
    {
        var desk = await TabAsync("/offline");
        var ahead = int.Parse(await desk.Locator("[id='clock']").InputValueAsync(), CultureInfo.InvariantCulture);
        await desk.CloseAsync();
        await SetAsync("clock", (ahead + minutes).ToString(CultureInfo.InvariantCulture));
    }
}
