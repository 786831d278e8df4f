using Alumia.Lab.Outbound;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tools;
using Alumia.Lab.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Web;

/// <summary>The tool by itself, for which these places of the tests are open.</summary>
internal sealed class WebRig : IAsyncDisposable
{
    private readonly WebApplication _app;

    public WebRig(IEnumerable<string> allow, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(allow.Select((place, i) => ($"Outbound:Allow:{i}", place)).Concat(settings).Select(each => KeyValuePair.Create(each.Item1, (string?)each.Item2)));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddOutbound();
        builder.AddWeb();
        _app = builder.Build();
    }

    private ITool Tool => _app.Services.GetServices<ITool>().Single();

    public Task<ToolAnswer> FetchAsync(object arguments) => Tool.CallAsync(arguments);

    public Task<ToolAnswer> FetchUntilAsync(object arguments, CancellationToken cancellation) => Tool.CallUntilAsync(arguments, null, cancellation);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
