using System.Net;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Tests.Offline;

/// <summary>
/// A person at the stand-in provider with a browser that runs no scripts: signs in, ticks, allows or denies, and is sent back to the client.
/// <c>var back = await ProviderPerson.AllowAsync(lab.Client(), authorize);</c>
/// </summary>
internal static partial class ProviderPerson
{
    public const string Ada = "ada@offline.example";
    public const string Grace = "grace@offline.example";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Allows what is asked for, or these scopes of it alone; returns where the provider sends the browser, with <c>code</c> and <c>state</c>.</summary>
    public static Task<Uri> AllowAsync(HttpClient browser, Uri authorize, string account = Ada, IReadOnlyList<string>? scopes = null) => AnswerAsync(browser, authorize, account, "allow", scopes);

    /// <summary>Denies; returns where the provider sends the browser, with <c>error</c> and <c>state</c>.</summary>
    public static Task<Uri> DenyAsync(HttpClient browser, Uri authorize, string account = Ada) => AnswerAsync(browser, authorize, account, "deny", null);

    /// <summary>Signs in as one of the two accounts; returns the consent page's address.</summary>
    public static async Task<Uri> SignInAsync(HttpClient browser, Uri authorize, string account)
    {
        var signIn = await RedirectedAsync(browser, authorize);
        var page = await browser.GetStringAsync(signIn, Ct);
        var password = Shown().Matches(page).Single(shown => shown.Groups["account"].Value == account).Groups["password"].Value;
        return await PostAsync(browser, signIn, page, [new("Email", account), new("Password", password)]);
    }

    /// <summary>Where this address redirects to.</summary>
    public static async Task<Uri> RedirectedAsync(HttpClient browser, Uri address)
    {
        using var answer = await browser.GetAsync(address, Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{address} answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ct)}");
        return new Uri(address, answer.Headers.Location!);
    }

    /// <summary>Sends the page's form; returns where it leads.</summary>
    public static async Task<Uri> PostAsync(HttpClient browser, Uri address, string page, IEnumerable<KeyValuePair<string, string>> fields)
    {
        using var form = new FormUrlEncodedContent([.. Hidden().Matches(page).Select(field => KeyValuePair.Create(field.Groups["name"].Value, WebUtility.HtmlDecode(field.Groups["value"].Value))), .. fields]);
        using var answer = await browser.PostAsync(address, form, Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{address} answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ct)}");
        return new Uri(address, answer.Headers.Location!);
    }

    private static async Task<Uri> AnswerAsync(HttpClient browser, Uri authorize, string account, string answer, IReadOnlyList<string>? scopes)
    {
        var consent = await SignInAsync(browser, authorize, account);
        var page = await browser.GetStringAsync(consent, Ct);
        var ticked = Asked().Matches(page).Select(box => WebUtility.HtmlDecode(box.Groups["value"].Value)).Where(scope => scopes is null || scopes.Contains(scope));
        var back = await PostAsync(browser, consent, page, [.. ticked.Select(scope => KeyValuePair.Create("scope", scope)), new("answer", answer)]);
        return await RedirectedAsync(browser, back);
    }

    [GeneratedRegex("""<dt[^>]*>(?<account>[^<]+)</dt><dd[^>]*>Password <code[^>]*>(?<password>[^<]+)</code>""")]
    private static partial Regex Shown();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)" ?/?>""")]
    private static partial Regex Hidden();

    [GeneratedRegex("""<input type="checkbox"[^>]* name="scope" value="(?<value>[^"]+)" """)]
    private static partial Regex Asked();
}
