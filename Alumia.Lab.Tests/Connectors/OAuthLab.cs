using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Alumia.Lab.Connectors;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>A lab with a connector, Tidbox, whose provider is <see cref="OidcProvider"/>; all that the lab logs is kept.</summary>
internal sealed partial class OAuthLab : IAsyncDisposable
{
    public const string Slug = "tidbox";
    private readonly TempFolder _folder = new();
    private readonly StringBuilder _log = new();

    public LabHost Lab { get; private set; } = null!;

    public OidcProvider Provider { get; private set; } = null!;

    public Connections Connections => Get<Connections>();

    /// <summary>All that was logged so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<OAuthLab> StartAsync(StorageProvider storage = StorageProvider.Sqlite)
    {
        var made = new OAuthLab { Provider = await OidcProvider.StartAsync() };
        await File.WriteAllTextAsync(Path.Combine(made._folder.Path, "tidbox.json"), made.Provider.Connector(Slug), Ended);
        made.Lab = await LabHost.StartAsync(new LabHostOptions
        {
            Settings = await Bench.SettingsAsync(storage, new()
            {
                ["Connectors:Folder"] = made._folder.Path,
                ["Connectors:Clients:tidbox:ClientId"] = "the-lab",
                ["Connectors:Clients:tidbox:ClientSecret"] = "a-secret-of-the-lab",
                ["Logging:LogLevel:Default"] = "Debug",
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",
                ["Logging:LogLevel:Orleans"] = "Warning",
            }),
            Services = services => services.AddLogging(logging => logging.ClearProviders().AddProvider(new TextLog(made._log))),
        });
        await made.Provider.ControlAsync("start", new { redirectUri = new Uri(made.Lab.Address, "connectors/callback") });
        return made;
    }

    public T Get<T>() where T : notnull => Lab.Services.GetRequiredService<T>();

    /// <summary>Somebody with an org of their own, and their browser.</summary>
    public async Task<Person> FoundAsync(string name) => new(this, await People.FoundAsync(Lab, name), await People.BrowseAsync(Lab, name));

    /// <summary>Somebody who joins an org, and their browser.</summary>
    public async Task<Person> JoinAsync(OrgScope owner, string name, OrgRole role = OrgRole.Member) =>
        new(this, await People.JoinAsync(Lab, owner, name, role), await People.BrowseAsync(Lab, name));

    /// <summary>One call with a connection's credential, as an operation makes it.</summary>
    public async Task<Access> CallAsync(string connectionId) =>
        await Get<ConnectionAccess>().SendAsync(connectionId, () => new HttpRequestMessage(HttpMethod.Get, new Uri(Provider.Address, "api/me")), Ended);

    public async ValueTask DisposeAsync()
    {
        if (Lab is not null)
            await Lab.DisposeAsync();
        await Provider.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A person with a browser that keeps cookies and follows nothing by itself.</summary>
    internal sealed partial record Person(OAuthLab Home, OrgScope Scope, HttpClient Browser)
    {
        /// <summary>Presses the button: posts the form, and returns the consent's address.</summary>
        public async Task<Uri> BeginAsync(string? connection = null, params string[] scopes)
        {
            var (status, page) = await PressAsync(connection, scopes);
            Assert.Equal((HttpStatusCode.OK, page), (status, page));
            return new Uri(WebUtility.HtmlDecode(Refresh().Match(page).Groups["url"].Value));
        }

        public async Task<(HttpStatusCode Status, string Page)> PressAsync(string? connection = null, string[]? scopes = null, string connector = Slug, string? org = null)
        {
            var token = Token().Match(await Browser.GetStringAsync("/account", Ended)).Groups["token"].Value;
            using var form = new FormUrlEncodedContent([
                new("__RequestVerificationToken", token), new("connector", connector), .. connection is null ? Array.Empty<KeyValuePair<string, string>>() : [new("connection", connection)],
                .. (scopes ?? []).Select(scope => new KeyValuePair<string, string>("scopes", scope))]);
            using var answer = await Browser.PostAsync($"/{org ?? Scope.OrgSlug}/connectors/start", form, Ended);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ended));
        }

        /// <summary>Signs in and consents at the provider, in a tab without its cookies; returns the address of the way back.</summary>
        public static async Task<Uri> ConsentAsync(Uri address)
        {
            using var tab = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
            for (var hops = 0; hops < 12 && address.AbsolutePath != "/connectors/callback"; hops++)
            {
                using var answer = await tab.GetAsync(address, Ended);
                if (answer.Headers.Location is not { } next)
                    throw new Xunit.Sdk.XunitException($"{address} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ended)}");
                address = new Uri(address, next);
            }
            return address;
        }

        /// <summary>Comes back by this address; returns what the tab says.</summary>
        public async Task<string> ReturnAsync(Uri back)
        {
            using var answer = await Browser.GetAsync(back, Ended);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            using var page = await Browser.GetAsync(answer.Headers.Location, Ended);
            return WebUtility.HtmlDecode(Said().Match(await page.Content.ReadAsStringAsync(Ended)).Groups["text"].Value);
        }

        /// <summary>The whole way; returns what the tab says.</summary>
        public async Task<string> ConnectAsync(string? connection = null, params string[] scopes) => await ReturnAsync(await ConsentAsync(await BeginAsync(connection, scopes)));

        /// <summary>The person's own connection.</summary>
        public async Task<ConnectionLine> LineAsync() => Assert.Single(await Home.Connections.ListAsync(Scope, Ended), line => line.IsMine);

        public async Task<ConnectNews> NewsAsync() => Assert.Single(await Home.Connections.NewsAsync(Scope, Ended));

        [GeneratedRegex("http-equiv=\"refresh\" content=\"0;url=(?<url>[^\"]+)\"")]
        private static partial Regex Refresh();

        [GeneratedRegex("<p role=\"status\">(?<text>[^<]*)</p>")]
        private static partial Regex Said();

        [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
        private static partial Regex Token();
    }
}

/// <summary>One lab and one provider for all tests that steer it, on each database, started when the first test asks for it.</summary>
[CollectionDefinition(Name)]
public sealed class OAuthLabs : ICollectionFixture<OAuthLabs>, IAsyncDisposable
{
    public const string Name = "Consents at a provider that is none of ours";

    private readonly Dictionary<StorageProvider, Task<OAuthLab>> _labs = [];

    internal async Task<OAuthLab> OnAsync(StorageProvider storage = StorageProvider.Sqlite)
    {
        Task<OAuthLab> lab;
        lock (_labs)
        {
            if (!_labs.TryGetValue(storage, out lab!))
                _labs[storage] = lab = OAuthLab.StartAsync(storage);
        }
        await (await lab).Provider.ResetAsync();
        return await lab;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lab in _labs.Values.Where(lab => lab.IsCompletedSuccessfully))
            await (await lab).DisposeAsync();
    }
}
