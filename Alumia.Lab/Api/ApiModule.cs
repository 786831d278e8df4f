using Alumia.Lab.Troubles;

namespace Alumia.Lab.Api;

public static class ApiModule
{
    public const string Prefix = "/api/v1";

    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddSingleton<ApiLimits>();
        builder.Services.AddSingleton<IFixHandler, OpenKeysFix>();
        builder.Services.AddSingleton(new TroubleKind(ApiKeys.RefusedKind, "401 UNAUTHORIZED on the API", OpenKeysFix.OpenKeys));
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return builder;
    }

    /// <summary>The doors of the API. Come after routing, before the endpoints.</summary>
    public static WebApplication UseApi(this WebApplication app)
    {
        foreach (var door in app.Services.GetServices<ApiDoor>().Prepend(ApiDoor.Own))
        {
            app.UseWhen(context => context.Request.Path.StartsWithSegments(door.Prefix), api =>
            {
                api.Use(next => context =>
                {
                    context.Features.Set(door);
                    return next(context);
                });
                api.UseMiddleware<ApiFaults>();
                api.UseMiddleware<ApiAccess>();
            });
        }
        return app;
    }

    public static WebApplication MapApi(this WebApplication app)
    {
        var keys = app.ApiGroup("api-keys");
        keys.MapGet("", async (ApiCaller caller, ApiKeys all, CancellationToken cancellation) =>
            Envelope.List((await all.ListAsync(caller.Scope, cancellation)).Select(line => new
            {
                line.Key.Id,
                line.Key.Label,
                line.Key.Prefix,
                line.CreatedBy,
                Scopes = line.Key.Scopes.ToString().ToLowerInvariant().Split(", "),
                Status = line.State.ToString().ToLowerInvariant(),
                line.Key.CreatedAtMs,
                line.Key.ExpiresAtMs,
                line.Key.RevokedAtMs,
                line.Key.LastUsedAtMs,
            }))).Needs(KeyScopes.Read);
        return app;
    }

    /// <summary>Where a room puts the endpoints of one resource.</summary>
    public static RouteGroupBuilder ApiGroup(this IEndpointRouteBuilder app, string resource) => app.MapGroup($"{Prefix}/{resource}").WithTags(resource);

    /// <summary>A key needs this scope to call it.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, KeyScopes scope) where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeedsScope(scope));
}
