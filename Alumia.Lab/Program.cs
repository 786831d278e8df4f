using Alumia.Lab.Agents;
using Alumia.Lab.Layout;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

builder.AddLayout();
builder.AddStorage();
builder.AddTroubles();
builder.AddAgents();
builder.AddProjects();
builder.AddTools();

var app = builder.Build();
await app.PrepareStorageAsync();

app.UseLayout();
app.MapLayout();
app.Run();
