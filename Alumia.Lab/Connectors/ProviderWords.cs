namespace Alumia.Lab.Connectors;

/// <summary>What providers say, as people read it.</summary>
internal static class ProviderWords
{
    private const int Longest = 200;

    /// <summary>Why a refresh was refused: the provider's own words where it has any.</summary>
    public static string RefusedRefresh(Connector connector, string? said) =>
        $"{connector.Name} refused the refresh: {(Clean(said) is { Length: > 0 } words ? words : "the access was revoked in the account's settings, its password was changed, or it was not used for too long")}.";

    /// <summary>Why there was no refresh, though the grant may be good.</summary>
    public static string NoRefresh(Connector connector, string? error, string? said) => error switch
    {
        "invalid_client" or "unauthorized_client" => $"{connector.Name}'s provider does not take this lab's client. Whoever runs the lab must look at Connectors:Clients:{connector.OAuth?.Client}.",
        "server_error" or "temporarily_unavailable" or null or "" => $"{connector.Name}'s provider did not answer as it should when the access was to be renewed.",
        _ => $"{connector.Name}'s provider did not renew the access: {(Clean(said) is { Length: > 0 } words ? words : error)}.",
    };

    /// <summary>One line without control characters, and without a full stop at its end.</summary>
    public static string Clean(string? said)
    {
        var line = new string([.. (said ?? "").Select(letter => char.IsControl(letter) ? ' ' : letter)]).Trim().TrimEnd('.');
        return line.Length <= Longest ? line : $"{line[..Longest]}…";
    }
}
