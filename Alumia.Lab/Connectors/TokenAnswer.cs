namespace Alumia.Lab.Connectors;

/// <summary>What a provider's token endpoint said.</summary>
internal abstract record TokenAnswer
{
    private TokenAnswer()
    {
    }

    /// <summary>New tokens.</summary>
    /// <param name="Access">The access token.</param>
    /// <param name="Refresh">A new refresh token; null where the provider gave none.</param>
    /// <param name="ExpiresInMs">How long the access token is good; null for not said.</param>
    /// <param name="Scopes">What is granted; null for not said, which means what was asked for.</param>
    public sealed record Granted(string Access, string? Refresh, long? ExpiresInMs, IReadOnlyList<string>? Scopes) : TokenAnswer
    {
        /// <summary>Without what is secret, so that no log ever holds it.</summary>
        public override string ToString() => "New tokens";
    }

    /// <summary>The grant is not good any more, in words for people.</summary>
    public sealed record Refused(string Reason) : TokenAnswer;

    /// <summary>It could not be asked, or had no sensible answer.</summary>
    public sealed record Unreachable(string Why) : TokenAnswer;
}
