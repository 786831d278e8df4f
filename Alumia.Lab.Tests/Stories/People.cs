using System.Text.RegularExpressions;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Stories;

/// <summary>Makes people of a running lab, by the ways that they come by themselves.</summary>
internal static partial class People
{
    private const string Password = "correct horse";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Somebody with an org of their own, whose slug is the name.</summary>
    public static Task<OrgScope> FoundAsync(LabHost lab, string name) => SignUpAsync(lab, name, null);

    /// <summary>Somebody who joins an org by an invitation.</summary>
    public static async Task<OrgScope> JoinAsync(LabHost lab, OrgScope owner, string name, OrgRole role)
    {
        var link = await lab.Services.GetRequiredService<Invitations>().MakeAsync(owner, role, 1, cancellation: Ended);
        return await SignUpAsync(lab, name, link[(link.LastIndexOf('/') + 1)..]);
    }

    /// <summary>Signs in by the page.</summary>
    public static async Task SignInAsync(IPage page, string name)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("E-mail").FillAsync(EmailOf(name));
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        // Who waits for the whole page waits for ever where it was there before the waiting began.
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("^(?!.*sign-in)"));
    }

    /// <summary>A client without scripts, signed in by the same page; it asks for pages, as browsers do.</summary>
    public static async Task<HttpClient> BrowseAsync(LabHost lab, string name)
    {
        var client = Anybody(lab);
        using var fields = new FormUrlEncodedContent([
            new("__RequestVerificationToken", TokenIn(await client.GetStringAsync("/sign-in", Ended), "name=\"Input.Email\"")),
            new("_handler", "sign-in"), new("Input.Email", EmailOf(name)), new("Input.Password", Password)]);
        using var answer = await client.PostAsync("/sign-in", fields, Ended);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    /// <summary>A client of somebody who is not signed in.</summary>
    public static HttpClient Anybody(LabHost lab)
    {
        var client = lab.Client();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return client;
    }

    private static async Task<OrgScope> SignUpAsync(LabHost lab, string name, string? invitation)
    {
        await using var services = lab.Services.CreateAsyncScope();
        var (user, slug) = await services.ServiceProvider.GetRequiredService<SignUps>().SignUpAsync(
            new NewAccount(EmailOf(name), Password, name, name, name, invitation), Ended);
        return (await lab.Services.GetRequiredService<OrgDirectory>().ScopeAsync(user.Id, slug, Ended))!;
    }

    private static string EmailOf(string name) => $"{name}@example.com";

    private static string TokenIn(string page, string field)
    {
        var before = page[..page.IndexOf(field, StringComparison.Ordinal)];
        return Token().Matches(before)[^1].Groups["token"].Value;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
