namespace Alumia.Lab.Connectors;

/// <summary>What a tab says that belongs to a consent.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Text">What happened, and what to do.</param>
public sealed record ConnectNotice(string Title, string Text)
{
    /// <summary>Where the tab goes on by itself; null where it stays.</summary>
    public string? GoesTo { get; init; }

    /// <summary>Whether it closes itself where the browser lets it.</summary>
    public bool Closes { get; init; }

    /// <summary>The connectors page, to go back to; null where it is not known.</summary>
    public string? Link { get; init; }
}

/// <summary>What stood in the way of a consent, in words.</summary>
internal static class ConnectWords
{
    /// <summary>An error of the provider, or of the check of its answer.</summary>
    public static string OfError(string connector, string error, string? said) => error switch
    {
        "access_denied" => $"The consent was denied at {connector}: nothing was granted, and all is as it was.",
        "invalid_grant" => $"{connector}'s provider did not take the answer of the consent: it was used already, or is too old. Connect once more.",
        "invalid_client" or "unauthorized_client" => $"{connector}'s provider does not take this lab's client. Whoever runs the lab must look at Connectors:Clients.",
        "invalid_scope" => $"{connector}'s provider does not know what was asked for{Quoted(said)}.",
        "invalid_request" => $"This answer of {connector} does not belong to this browser, or was changed on its way. Nothing was connected; connect once more.",
        "server_error" or "temporarily_unavailable" => $"{connector}'s provider did not answer as it should. Nothing was changed; connect once more in a while.",
        _ => $"{connector}'s provider refused: {ProviderWords.Clean(error)}{Quoted(said)}.",
    };

    /// <summary>Why an answer belongs to no way that is under way.</summary>
    public static string OfWhy(string? why) => why switch
    {
        AttemptCheck.NotSignedIn => "Nobody is signed in to the lab in this browser, so nothing was connected. Sign in, and connect once more.",
        AttemptCheck.Stranger => "Somebody else began this connection. It can only be finished by whoever began it, in their own browser; nothing was connected.",
        AttemptCheck.Used => "This answer of the consent was used already. Nothing was done a second time; look at the connectors page for how the connection stands.",
        AttemptCheck.Late => "The consent took too long: it must be given within 15 minutes. Nothing was connected; connect once more.",
        _ => "This address is no answer to a connection that this lab began, or it was changed on its way. Nothing was connected; connect once more.",
    };

    private static string Quoted(string? said) => ProviderWords.Clean(said) is { Length: > 0 } words ? $" ({words})" : "";
}
