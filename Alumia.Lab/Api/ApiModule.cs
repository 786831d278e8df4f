using System.Text.Json.Serialization;
using Alumia.Lab.Troubles;
using Microsoft.AspNetCore.Mvc;

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
        builder.Services.AddSingleton<IdempotentAnswers>();
        builder.Services.AddApiDocument();
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict; // A number in quotes is a text.
            options.SerializerOptions.Converters.Add(new StorableText());
        });
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
                api.UseStatusCodePages(status => ApiErrors.OfStatus(status.HttpContext.Response.StatusCode).ExecuteAsync(status.HttpContext));
                api.UseMiddleware<ApiFaults>();
                api.UseMiddleware<ApiAccess>();
                api.UseMiddleware<ApiBody>();
                api.UseMiddleware<Idempotency>();
            });
        }
        return app;
    }

    public static WebApplication MapApi(this WebApplication app)
    {
        app.MapOpenApi();
        app.ApiGroup("api-keys").MapGet("", async ([AsParameters] PageQuery page, ApiCaller caller, ApiKeys all, CancellationToken cancellation) =>
            page.Cut(await all.ListAsync(caller.Scope, cancellation), line => line.Key.Id, ApiKeyBody.Of)).Needs(KeyScopes.Read).WithSummary("Lists the keys that the caller may see, without their secrets");
        return app;
    }

    /// <summary>Where a room puts the endpoints of one resource.</summary>
    public static RouteGroupBuilder ApiGroup(this IEndpointRouteBuilder app, string resource) =>
        app.MapGroup($"{Prefix}/{resource}").WithTags(resource).WithMetadata(new RequestSizeLimitAttribute(ApiBody.MostBytes));

    /// <summary>A key needs this scope to call it.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, KeyScopes scope) where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeedsScope(scope));
}

/// <summary>A key as clients see it.</summary>
internal sealed record ApiKeyBody(
    string Id, string Label, string Prefix, string CreatedBy, IReadOnlyList<string> Scopes, string Status, long CreatedAtMs, long? ExpiresAtMs, long? RevokedAtMs, long? LastUsedAtMs)
{
    public static ApiKeyBody Of(ApiKeyLine line) => new(
        line.Key.Id, line.Key.Label, line.Key.Prefix, line.CreatedBy, line.Key.Scopes.ToString().ToLowerInvariant().Split(", "), line.State.ToString().ToLowerInvariant(),
        line.Key.CreatedAtMs, line.Key.ExpiresAtMs, line.Key.RevokedAtMs, line.Key.LastUsedAtMs);
}
