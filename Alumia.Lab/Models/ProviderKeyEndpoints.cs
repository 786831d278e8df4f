using System.ComponentModel.DataAnnotations;
using Alumia.Lab.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Models;

/// <summary>A provider key as clients see it.</summary>
public sealed record ProviderKeyBody(
    string Id, string Provider, string ProviderName, string Prefix, string AddedBy, string Status, string? StatusDetail, long CreatedAtMs, long? LastUsedAtMs, long CheckedAtMs)
{
    internal static ProviderKeyBody Of(ProviderKeyLine line) => new(
        line.Id, line.Provider, line.ProviderName, line.Prefix, line.AddedBy, line.Outcome.ToString().ToLowerInvariant(), line.Said.Length > 0 ? line.Said : null,
        line.CreatedAtMs, line.LastUsedAtMs, line.CheckedAtMs);
}

/// <summary>A key to be added; it is told to nobody again.</summary>
public sealed record ProviderKeyWish([property: Required] string? Provider = null, [property: Required, MaxLength(500)] string? Key = null)
{
    /// <summary>Without the key, so that no log ever holds it.</summary>
    public override string ToString() => $"A key of {Provider}";
}

internal static class ProviderKeyEndpoints
{
    public static WebApplication MapModels(this WebApplication app)
    {
        var billing = app.ApiGroup("billing");
        billing.MapGet("byok-keys", async ([AsParameters] PageQuery page, ApiCaller caller, ProviderKeys keys, CancellationToken cancellation) =>
            page.Cut(await keys.ListAsync(caller.Scope, cancellation), line => line.Id, ProviderKeyBody.Of))
            .Needs(KeyScopes.Read).WithSummary("Lists the org's own provider keys, without the keys themselves");
        billing.MapPost("byok-keys", AddAsync).WithMetadata(new BrowserOnly())
            .WithSummary("Adds the org's own key of a provider, or replaces it, once the provider has taken it; a signed-in browser alone may");
        billing.MapDelete("byok-keys/{id}", async (string id, ApiCaller caller, ProviderKeys keys, CancellationToken cancellation) =>
        {
            await keys.RemoveAsync(caller.Scope, id, cancellation);
            return Envelope.Of(new Gone(id));
        }).WithMetadata(new BrowserOnly()).WithSummary("Removes one of the org's own provider keys; a signed-in browser alone may");
        return app;
    }

    private static async Task<Ok<Envelope<ProviderKeyBody>>> AddAsync(ProviderKeyWish wish, ApiCaller caller, ProviderKeys keys, CancellationToken cancellation) =>
        Envelope.Of(ProviderKeyBody.Of(await keys.AddAsync(caller.Scope, wish.Provider ?? "", wish.Key ?? "", cancellation)));
}
