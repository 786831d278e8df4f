using System.Net;
using Alumia.Lab.Accounts;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MudBlazor.Services;

namespace Alumia.Lab.Tests.Accounts;

/// <summary>The rooms Storage, Accounts and Organizations on a database of their own, with their pages in a bare frame.</summary>
public sealed class AccountsHost : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("alumia-accounts-").FullName;

    private AccountsHost(WebApplication app) => App = app;

    public WebApplication App { get; private set; }

    public IServiceProvider Services => App.Services;

    public Uri Address => new(App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public OrgDirectory Orgs => Services.GetRequiredService<OrgDirectory>();

    public Members Members => Services.GetRequiredService<Members>();

    public Invitations Invitations => Services.GetRequiredService<Invitations>();

    public ChangeFeed Feed => Services.GetRequiredService<ChangeFeed>();

    /// <summary>Only the services; nothing listens.</summary>
    public static async Task<AccountsHost> MakeAsync(string environment = "Development", Action<WebApplicationBuilder>? configure = null, params (string Key, string Value)[] settings)
    {
        var host = new AccountsHost(null!);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)));
        builder.Configuration["Storage:Provider"] = "Sqlite";
        builder.Configuration["Storage:Directory"] = host._directory;
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddStorage();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddMudServices();
        builder.AddAccounts();
        builder.AddOrganizations();
        configure?.Invoke(builder);
        host.App = builder.Build();
        await using var db = host.Services.GetRequiredService<LabDbContexts>().Create(SaveRule.Directly);
        await db.Database.EnsureCreatedAsync();
        return host;
    }

    /// <summary>A server with the rooms' pages and endpoints.</summary>
    public static async Task<AccountsHost> StartAsync(string environment = "Development", Action<WebApplicationBuilder>? configure = null, params (string Key, string Value)[] settings)
    {
        var host = await MakeAsync(environment, configure, settings);
        host.App.UseAntiforgery();
        host.App.MapAccounts();
        host.App.MapOrganizations();
        host.App.MapGet("/who", (HttpContext context) => context.User.UserEmail() ?? "nobody");
        host.App.MapRazorComponents<BareApp>().AddAdditionalAssemblies(typeof(User).Assembly);
        await host.App.StartAsync();
        return host;
    }

    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    /// <summary>An account by the sign-up path, with an org of the same name.</summary>
    public Task<(User User, OrgScope Scope)> SignUpAsync(string name, string? invitation = null) => InScopeAsync(async services =>
    {
        var (user, slug) = await services.GetRequiredService<SignUps>().SignUpAsync(
            new NewAccount($"{name}@example.com", "correct horse", name, $"{name} works", $"{name}-works", invitation));
        return (user, (await Orgs.ScopeAsync(user.Id, slug))!);
    });

    /// <summary>An account that joins an org with a role.</summary>
    public async Task<OrgScope> JoinAsync(OrgScope owner, string name, OrgRole role) =>
        (await SignUpAsync(name, Token(await Invitations.MakeAsync(owner, role, 7)))).Scope;

    public static string Token(string link) => link[(link.LastIndexOf('/') + 1)..];

    public Browser Browse() => new(Address);

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>A browser without scripts: it keeps cookies, follows nothing, and posts forms as they stand in the page.</summary>
public sealed class Browser(Uri address) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = address };

    public HttpClient Client => _client;

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path, TestContext.Current.CancellationToken);

    public async Task<string> TextAsync(string path) => await (await GetAsync(path)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>Loads the page and posts its form with these words on the button, with these fields.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, string button, params (string Name, string Value)[] fields)
    {
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await TextAsync(path));
        var form = page.QuerySelectorAll("form").First(form => form.QuerySelector("button")?.TextContent.Trim() == button);
        var values = form.QuerySelectorAll("input[name]").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value") ?? "");
        foreach (var (name, value) in fields)
            values[name] = value;
        return await _client.PostAsync(form.GetAttribute("action") ?? path, new FormUrlEncodedContent(values), TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> SignInAsync(string email, string password, string query = "") =>
        SubmitAsync("/sign-in" + query, "Sign in", ("Input.Email", email), ("Input.Password", password));

    public void Dispose() => _client.Dispose();
}
