using Alumia.Lab.Measure;

// The servers that the lab is measured beside, each in a process of its own: Stream provider | proxy <provider> | plain <provider> | blank.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddRazorComponents().AddInteractiveServerComponents();
await using var app = builder.Build();
switch (args)
{
    case ["provider"]:
        app.MapPost("/v1/chat/completions", Provider.AnswerAsync);
        break;
    case ["proxy", var provider]:
        app.MapPost("/chat", new Proxy(new Uri(provider)).AnswerAsync);
        break;
    case ["plain", var provider]:
        app.MapPost("/chat", new Plain(new Uri(provider)).Answer);
        break;
    case ["blank"]:
        app.UseAntiforgery();
        app.MapRazorComponents<Blank>().AddInteractiveServerRenderMode();
        break;
    default:
        await Console.Error.WriteLineAsync("Stream provider | proxy <provider> | plain <provider> | blank");
        return 1;
}
await app.StartAsync();
Console.WriteLine($"Listening at {app.Urls.First()}");
await app.WaitForShutdownAsync();
return 0;
