namespace Alumia.Lab;

/// <summary>Why a service refused to do what it was asked. Endpoints and cards turn it into a status and words.</summary>
public enum RefusalKind
{
    /// <summary>Arguments that cannot be acted on (422).</summary>
    Invalid,
    /// <summary>Nobody is signed in, or the credential is no good (401).</summary>
    Unauthorized,
    /// <summary>Known, but may not (403).</summary>
    Forbidden,
    /// <summary>Does not exist, or is another's: the two are never told apart (404).</summary>
    NotFound,
    /// <summary>Clashes with what is there now (409).</summary>
    Conflict,
    /// <summary>Larger than a limit (413).</summary>
    TooLarge,
    /// <summary>Something the deed needs is not configured or not reachable (503).</summary>
    Unavailable,
    /// <summary>The org's balance is empty, and this costs money (402).</summary>
    PaymentRequired,
    /// <summary>More than the limit of requests (429); <see cref="Refusal.RetryAfterMs"/> says when it passes.</summary>
    TooMany,
}

/// <summary>A service's clear "no". The message is fit to be shown to a person; nothing was changed.</summary>
public sealed class Refusal(RefusalKind kind, string message, IReadOnlyDictionary<string, string>? fields = null) : Exception(message)
{
    public RefusalKind Kind { get; } = kind;

    /// <summary>For <see cref="RefusalKind.Invalid"/>: field name to what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; } = fields ?? new Dictionary<string, string>();

    /// <summary>For <see cref="RefusalKind.TooMany"/>: after so many ms the same passes.</summary>
    public long? RetryAfterMs { get; private init; }

    public static Refusal TooMany(string message, long retryAfterMs) => new(RefusalKind.TooMany, message) { RetryAfterMs = retryAfterMs };

    public static Refusal NotFound(string what) => new(RefusalKind.NotFound, $"No such {what}.");

    public static Refusal Forbidden(string message) => new(RefusalKind.Forbidden, message);

    public static Refusal Conflict(string message) => new(RefusalKind.Conflict, message);

    public static Refusal Invalid(string field, string message) =>
        new(RefusalKind.Invalid, message, new Dictionary<string, string> { [field] = message });
}
