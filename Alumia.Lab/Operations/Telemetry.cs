using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Alumia.Lab.Operations;

/// <summary>
/// Traces, metrics and logs by OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says to: one trace leads from a click or a call to the provider, the
/// tools and the ledger. Nothing that people or models wrote is in it, unless <c>Telemetry:Content</c> is on. All other settings are OpenTelemetry's own.
/// </summary>
internal static class Telemetry
{
    private static readonly string[] _sources =
    [
        Traces.Name, "Microsoft.Orleans.Application", "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Server.Circuits", "Experimental.ModelContextProtocol",
    ];

    private static readonly string[] _meters = [Traces.Name, "Microsoft.Orleans", "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Server.Circuits", "Npgsql"];

    public static void Add(WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("alumia-lab", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(), serviceInstanceId: Environment.MachineName))
            .WithTracing(traces => traces
                .AddSource(_sources)
                .AddAspNetCoreInstrumentation(options =>
                {
                    options.Filter = context => !context.Request.Path.StartsWithSegments("/healthz");
                    // The token of a share link is its key, and stands in its path.
                    options.EnrichWithHttpRequest = (span, request) =>
                    {
                        if (IsSecret(request.Path))
                            span.SetTag("url.path", "(withheld)");
                    };
                })
                .AddHttpClientInstrumentation())
            .WithMetrics(metrics => metrics.AddMeter(_meters).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation())
            .WithLogging()
            .UseOtlpExporter();
    }

    private static bool IsSecret(PathString path) => path.StartsWithSegments("/share") || path.StartsWithSegments("/api/v1/share") || path.StartsWithSegments("/invite");
}
