using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models;

/// <summary>Whose key a request goes out with.</summary>
public enum KeySource
{
    /// <summary>The instance's own, from configuration.</summary>
    Platform,
    /// <summary>The organization's own.</summary>
    Byok,
    /// <summary>None: a stand-in of this lab answers.</summary>
    StandIn,
    /// <summary>None is needed.</summary>
    Open,
}

/// <summary>Where a model's requests go, and with which key.</summary>
public sealed record ModelRoute(Model Model, Provider Provider, Uri BaseAddress, string? Key, KeySource KeySource)
{
    /// <summary>The org's own key that <see cref="Key"/> is; null for every other one.</summary>
    public ProviderKey? OwnKey { get; init; }

    /// <summary>Whether a stand-in of this lab answers, whosever the key is.</summary>
    public bool IsStandIn { get; init; }

    /// <summary>Who is asked, as spans and metrics tell it.</summary>
    public ChatClientMetadata Metadata => new(Provider.Slug, BaseAddress, Model.ProviderModelId);

    /// <summary>Without the key, so that no log ever holds it.</summary>
    public override string ToString() => $"{Model.Id} at {BaseAddress} ({KeySource})";
}
