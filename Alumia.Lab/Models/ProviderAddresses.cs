namespace Alumia.Lab.Models;

/// <summary>Where providers answer: at the address of the catalogue or of the configuration, or here by a stand-in.</summary>
public sealed class ProviderAddresses(IConfiguration configuration, IStandIn? standIn = null)
{
    /// <summary>The provider's own address; it ends with a slash.</summary>
    public Uri RealOf(Provider provider) => configuration[$"Providers:{provider.Slug}:BaseAddress"] is { Length: > 0 } address
        ? new Uri(address.TrimEnd('/') + "/")
        : provider.BaseAddress;

    /// <summary>The address of its stand-in; null where there is none.</summary>
    public Uri? StandInOf(Provider provider) => standIn?.AddressFor(provider);

    /// <summary>Where this key leads. A key of a stand-in never leaves the lab: null where it has no stand-in.</summary>
    public Uri? For(Provider provider, string key) => IsOffline(key) ? StandInOf(provider) : RealOf(provider);

    /// <summary>Whether a key is for a stand-in and for nobody else.</summary>
    public static bool IsOffline(string key) => key.StartsWith(IStandIn.KeyPrefix, StringComparison.Ordinal);
}
