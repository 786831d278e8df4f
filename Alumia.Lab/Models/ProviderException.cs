namespace Alumia.Lab.Models;

/// <summary>How a provider failed us.</summary>
public enum ProviderFailure
{
    /// <summary>No key, or no such model.</summary>
    NotConfigured,
    /// <summary>Too many requests (429).</summary>
    RateLimited,
    /// <summary>The key was refused (401, 403).</summary>
    Unauthorized,
    /// <summary>The request was refused (other 4xx).</summary>
    BadRequest,
    /// <summary>The provider is in trouble (5xx).</summary>
    Overloaded,
    /// <summary>It could not be reached, or sent nothing for too long.</summary>
    Network,
    /// <summary>The stream ended before the answer did.</summary>
    Cut,
    /// <summary>The organization's own key was refused; <see cref="ProviderException.RefusedKey"/> says which.</summary>
    OwnKeyRefused,
}

/// <summary>An org's own key that is no good, and what the provider said of it; never the key itself.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Provider">The provider's slug.</param>
/// <param name="ProviderName">The provider's name.</param>
/// <param name="Prefix">The key's beginning.</param>
/// <param name="Said">Why it is no good, in a sentence.</param>
public sealed record RefusedKey(string Id, string Provider, string ProviderName, string Prefix, string Said);

/// <summary>A model's provider did not answer as it should. The message is fit to be shown to a person.</summary>
public sealed class ProviderException(ProviderFailure failure, string message, int? status = null, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public ProviderFailure Failure { get; } = failure;

    /// <summary>The HTTP status, where there was one.</summary>
    public int? Status { get; } = status;

    /// <summary>How long the provider asks us to wait.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>The org's own key that was refused; null for every other failure.</summary>
    public RefusedKey? RefusedKey { get; private init; }

    internal static ProviderException OfOwnKey(RefusedKey key, int? status = null) =>
        new(ProviderFailure.OwnKeyRefused, $"Your {key.ProviderName} key {key.Prefix} was refused. {key.Said}", status) { RefusedKey = key };
}
