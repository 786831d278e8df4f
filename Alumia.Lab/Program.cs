using Alumia.Lab;
using Alumia.Lab.Accounts;
using Alumia.Lab.Agents;
using Alumia.Lab.AiSdk;
using Alumia.Lab.Api;
using Alumia.Lab.Billing;
using Alumia.Lab.Blocks;
using Alumia.Lab.Browser;
using Alumia.Lab.Canvas;
using Alumia.Lab.Chat;
using Alumia.Lab.Connectors;
using Alumia.Lab.Layout;
using Alumia.Lab.Ledger;
using Alumia.Lab.Limits;
using Alumia.Lab.Mcp;
using Alumia.Lab.Models;
using Alumia.Lab.Offline;
using Alumia.Lab.OpenAi;
using Alumia.Lab.Operations;
using Alumia.Lab.Organizations;
using Alumia.Lab.Outbound;
using Alumia.Lab.Peers;
using Alumia.Lab.Projects;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Sessions;
using Alumia.Lab.Sharing;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;
using Alumia.Lab.Web;

try
{
    if (await Commands.RunAsync(args) is { } done)
        return done;
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    builder.CheckStart().AddLayout(); // First: other rooms replace services of Blazor's. Below, a line a layer.
    builder.AddStorage().AddOutbound().AddLimits();
    builder.AddAccounts().AddOrganizations();
    builder.AddTroubles().AddApi();
    builder.AddModels();
    builder.AddAgents().AddProjects().AddLedger();
    builder.AddTools();
    builder.AddSessions();
    builder.AddBlocks();
    builder.AddSandbox().AddBrowser().AddWeb().AddPeers().AddConnectors().AddBilling();
    builder.AddChat().AddMcp();
    builder.AddCanvas().AddAiSdk().AddOpenAi();
    builder.AddOffline().AddSharing().AddOperations();

    var app = builder.Build();
    await app.PrepareStorageAsync();
    await app.PrepareBillingAsync();

    app.MapOffline(); // First: its guard stands before every page of its own.
    app.UseLayout();
    app.UseApi();
    app.MapAccounts().MapOrganizations();
    app.MapApi();
    app.MapModels();
    app.MapAgents();
    app.MapProjects();
    app.MapSessions();
    app.MapBlocks();
    app.MapSandbox().MapConnectors().MapBilling();
    app.MapMcp();
    app.MapCanvas();
    app.MapAiSdk();
    app.MapOpenAi();
    app.MapSharing().MapOperations();
    app.MapLayout();
    await app.RunAsync();
    return 0;
}
catch (StartupFault fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
