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
}

/// <summary>A model's provider did not answer as it should. The message is fit to be shown to a person.</summary>
public sealed class ProviderException(ProviderFailure failure, string message, int? status = null, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public ProviderFailure Failure { get; } = failure;

    /// <summary>The HTTP status, where there was one.</summary>
    public int? Status { get; } = status;

    /// <summary>How long the provider asks us to wait.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
