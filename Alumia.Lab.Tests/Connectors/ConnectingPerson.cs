using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Connectors;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Offline;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>
/// Somebody who connects at the stand-in provider, by a browser without scripts: the consent's address, sign-in, ticks, Allow, and the way back.
/// <c>using var person = await ConnectingPerson.FoundAsync(lab, "ada"); var line = await person.ConnectAsync("gmail");</c>
/// </summary>
internal sealed partial class ConnectingPerson : IDisposable
{
    private readonly LabHost _lab;
    private readonly HttpClient _browser;
    private IReadOnlyList<string> _cookies = [];

    private ConnectingPerson(LabHost lab, OrgScope scope, HttpClient browser) => (_lab, Scope, _browser) = (lab, scope, browser);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public OrgScope Scope { get; }

    public void Dispose() => _browser.Dispose();

    /// <summary>Somebody with an org of their own, whose slug is the name.</summary>
    public static async Task<ConnectingPerson> FoundAsync(LabHost lab, string name)
    {
        var scope = await People.FoundAsync(lab, name);
        return new ConnectingPerson(lab, scope, await People.BrowseAsync(lab, name));
    }

    /// <summary>Connects, or reconnects one; returns the person's connection of that connector as it stands afterwards.</summary>
    /// <param name="connector">The connector's slug.</param>
    /// <param name="connection">The connection to be renewed; null for a new one.</param>
    /// <param name="asked">The scopes to ask for; null for those that are chosen from the beginning, or held.</param>
    /// <param name="ticked">What the person ticks at the provider; null for all.</param>
    /// <param name="account">As whom.</param>
    public async Task<ConnectionLine> ConnectAsync(
        string connector, string? connection = null, IReadOnlyList<string>? asked = null, IReadOnlyList<string>? ticked = null, string account = ProviderPerson.Ada)
    {
        var authorize = await StartAsync(connector, connection, asked);
        var back = await ProviderPerson.AllowAsync(_browser, authorize, account, ticked);
        var said = await _browser.GetStringAsync(await ComeBackAsync(back), Ended);
        return (await _lab.Services.GetRequiredService<Alumia.Lab.Connectors.Connections>().ListAsync(Scope, Ended)).SingleOrDefault(line => line.Connector == connector && (connection is null || line.Id == connection))
            ?? throw new InvalidOperationException($"Not connected: {Outcome().Match(said).Groups["outcome"].Value}");
    }

    /// <summary>Opens the address to which the provider sent the browser back; returns where the lab leads it then.</summary>
    public async Task<Uri> ComeBackAsync(Uri back)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, back);
        request.Headers.Add("Cookie", _cookies);
        using var answer = await _browser.SendAsync(request, Ended);
        return new Uri(back, answer.Headers.Location!);
    }

    /// <summary>Begins the way to the consent; returns its address.</summary>
    public async Task<Uri> StartAsync(string connector, string? connection = null, IReadOnlyList<string>? asked = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/connections/oauth/start") { Content = JsonContent.Create(new { connector, connectionId = connection, scopes = asked }) };
        request.Headers.Add("X-Alumia-Org", Scope.OrgSlug);
        request.Headers.Add("RequestVerificationToken", Token().Match(await _browser.GetStringAsync("/account", Ended)).Groups["token"].Value);
        using var answer = await _browser.SendAsync(request, Ended);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Ended);
        Assert.True(answer.IsSuccessStatusCode, body.ToString());
        // They are for the callback's path, which .NET's own jar refuses to keep for another's answer; browsers do.
        _cookies = [.. answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0])];
        return new Uri(body.GetProperty("data").GetProperty("address").GetString()!);
    }

    [GeneratedRegex("<p role=\"status\">(?<outcome>[^<]*)")]
    private static partial Regex Outcome();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
