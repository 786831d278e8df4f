namespace Alumia.Lab.Models;

/// <summary>
/// Finds the way to a model: the instance's key, or no key where none is needed, or in Development a stand-in.
/// A key that begins with <c>offline-</c> never leaves the lab.
/// </summary>
public sealed class ModelRouter(ModelCatalogue catalogue, IConfiguration configuration, IStandIn? standIn = null)
{
    /// <summary>The route, or a <see cref="ProviderException"/> that says what is missing.</summary>
    public Task<ModelRoute> RouteAsync(string orgId, string modelId, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(orgId);
        cancellation.ThrowIfCancellationRequested();
        var model = catalogue.Find(modelId)
            ?? throw new ProviderException(ProviderFailure.NotConfigured, $"There is no model {modelId} here. Choose another in the agent's settings.");
        return Task.FromResult(Route(model, catalogue.ProviderOf(model)));
    }

    /// <summary>Whether this provider can be reached with no key of the organization's own.</summary>
    public bool CanReach(Provider provider) => !provider.NeedsKey || KeyOf(provider) is not null || standIn?.AddressFor(provider) is not null;

    private ModelRoute Route(Model model, Provider provider)
    {
        var key = KeyOf(provider);
        var stand = standIn?.AddressFor(provider);
        if (key is not null)
        {
            if (!key.StartsWith(IStandIn.KeyPrefix, StringComparison.Ordinal))
                return new(model, provider, AddressOf(provider), key, KeySource.Platform);
            if (stand is not null)
                return new(model, provider, stand, key, KeySource.StandIn);
        }
        if (!provider.NeedsKey)
            return new(model, provider, AddressOf(provider), null, KeySource.Open);
        if (stand is not null)
            return new(model, provider, stand, IStandIn.GoodKey, KeySource.StandIn);
        throw new ProviderException(ProviderFailure.NotConfigured,
            $"{provider.Name} has no key here. Add a key for it, or set Providers:{provider.Slug}:ApiKey in the configuration, or choose another model.");
    }

    private string? KeyOf(Provider provider) => configuration[$"Providers:{provider.Slug}:ApiKey"] is { Length: > 0 } key ? key : null;

    private Uri AddressOf(Provider provider) => configuration[$"Providers:{provider.Slug}:BaseAddress"] is { Length: > 0 } address
        ? new Uri(address.TrimEnd('/') + "/")
        : provider.BaseAddress;
}
