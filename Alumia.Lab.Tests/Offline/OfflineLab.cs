using Alumia.Lab.Accounts;
using Alumia.Lab.Models;
using Alumia.Lab.Offline;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Offline;

/// <summary>Storage, Models and Offline in one small lab on a free port, with a database of its own.</summary>
internal sealed class OfflineLab : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("alumia-offline-").FullName;
    private readonly WebApplication _app;

    private OfflineLab(string environment, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment, ContentRootPath = _directory });
        builder.Configuration.AddInMemoryCollection(settings.Concat([("Storage:Directory", _directory), ("Lab:PublicUrl", "https://lab.example.com")]).Select(setting => new KeyValuePair<string, string?>(setting.Item1, setting.Item2)));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddStorage();
        builder.AddAccounts();
        builder.AddOrganizations();
        builder.AddModels();
        builder.AddOffline();
        _app = builder.Build();
        _app.MapOffline();
    }

    public HttpClient Http { get; } = new();

    public IServiceProvider Services => _app.Services;

    public static async Task<OfflineLab> StartAsync(string environment = "Development", params (string Key, string Value)[] settings)
    {
        var lab = new OfflineLab(environment, settings);
        await using (var db = lab.Services.GetRequiredService<LabDbContexts>().CreateDbContext())
            await db.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        await lab._app.StartAsync(TestContext.Current.CancellationToken);
        lab.Http.BaseAddress = new Uri(lab._app.Urls.Single());
        return lab;
    }

    /// <summary>A client by the product's own way: routed, and over HTTP.</summary>
    public async Task<IChatClient> ClientAsync(string model) =>
        Services.GetRequiredService<ChatClients>().Create(await Services.GetRequiredService<ModelRouter>().RouteAsync("org_1", model, TestContext.Current.CancellationToken));

    public async Task<List<ChatResponseUpdate>> AskAsync(string model, string text, ChatOptions? options = null) =>
        await (await ClientAsync(model)).GetStreamingResponseAsync([new ChatMessage(ChatRole.User, text)], options, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}
