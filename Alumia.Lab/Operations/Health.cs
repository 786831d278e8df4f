using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Alumia.Lab.Operations;

/// <summary>
/// What a load balancer asks. <c>/healthz/live</c>: the process answers. <c>/healthz/ready</c>: it can take people; not while it stops,
/// nor while its database does not answer or its writer stands still.
/// </summary>
internal sealed class Health(IDbContextFactory<LabDbContext> contexts, Writer writer, IHostApplicationLifetime lifetime) : IHealthCheck
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    public static void Add(IServiceCollection services) => services.AddHealthChecks().AddCheck<Health>("ready", timeout: _patience);

    public static void Map(WebApplication app)
    {
        app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/healthz/ready").AllowAnonymous();
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return HealthCheckResult.Unhealthy("It is stopping.");
        await using var db = contexts.CreateDbContext();
        await db.Database.ExecuteSqlAsync($"SELECT 1", cancellationToken);
        await writer.Write(_ => { }, cancellationToken).WaitAsync(_patience, cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
