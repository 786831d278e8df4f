namespace Alumia.Lab.Models;

/// <summary>
/// Finds the way to a model: the org's own key, else the instance's, or no key where none is needed, or in Development a stand-in.
/// A key that begins with <c>offline-</c> never leaves the lab.
/// </summary>
public sealed class ModelRouter(ModelCatalogue catalogue, IConfiguration configuration, ProviderAddresses addresses, OwnKeys? ownKeys = null)
{
    /// <summary>The route as it is now, or a <see cref="ProviderException"/> that says what is missing.</summary>
    public async Task<ModelRoute> RouteAsync(string orgId, string modelId, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(orgId);
        cancellation.ThrowIfCancellationRequested();
        var model = catalogue.Find(modelId)
            ?? throw new ProviderException(ProviderFailure.NotConfigured, $"There is no model {modelId} here. Choose another in the agent's settings.");
        var provider = catalogue.ProviderOf(model);
        return provider.NeedsKey && ownKeys is not null && await ownKeys.FindAsync(orgId, provider.Slug, cancellation) is { } own
            ? Route(model, provider, own, ownKeys.Open(own))
            : Route(model, provider);
    }

    /// <summary>Whether this provider can be reached with no key of the organization's own.</summary>
    public bool CanReach(Provider provider) => !provider.NeedsKey || KeyOf(provider) is not null || addresses.StandInOf(provider) is not null;

    /// <summary>By the org's own key, and by no other: what it cannot do is not paid from the balance instead.</summary>
    private ModelRoute Route(Model model, Provider provider, ProviderKey own, string? key)
    {
        if (key is null)
            throw Refused("It cannot be read any more: the lab's own keys are not those that it was encrypted with.");
        var address = addresses.For(provider, key) ?? throw Refused("It is for the stand-in of a lab in Development, and this one has none.");
        return new(model, provider, address, key, KeySource.Byok) { OwnKey = own, IsStandIn = ProviderAddresses.IsOffline(key) };

        ProviderException Refused(string why) => ProviderException.OfOwnKey(new RefusedKey(own.Id, provider.Slug, provider.Name, own.Prefix, why));
    }

    private ModelRoute Route(Model model, Provider provider)
    {
        var key = KeyOf(provider);
        var stand = addresses.StandInOf(provider);
        if (key is not null)
        {
            if (!ProviderAddresses.IsOffline(key))
                return new(model, provider, addresses.RealOf(provider), key, KeySource.Platform);
            if (stand is not null)
                return new(model, provider, stand, key, KeySource.StandIn) { IsStandIn = true };
        }
        if (!provider.NeedsKey)
            return new(model, provider, addresses.RealOf(provider), null, KeySource.Open);
        if (stand is not null)
            return new(model, provider, stand, IStandIn.GoodKey, KeySource.StandIn) { IsStandIn = true };
        throw new ProviderException(ProviderFailure.NotConfigured,
            $"{provider.Name} has no key here. Add a key for it, or set Providers:{provider.Slug}:ApiKey in the configuration, or choose another model.");
    }

    private string? KeyOf(Provider provider) => configuration[$"Providers:{provider.Slug}:ApiKey"] is { Length: > 0 } key ? key : null;
}
