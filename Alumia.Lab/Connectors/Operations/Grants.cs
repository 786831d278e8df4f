namespace Alumia.Lab.Connectors;

/// <summary>What was granted, held against what an operation needs.</summary>
internal static class Grants
{
    /// <summary>What these scopes allow, in words with commas between.</summary>
    public static string Say(Connector connector, IEnumerable<string> scopes) => ScopeWords.Join(connector, scopes) is { Length: > 0 } words ? words : "nothing";

    /// <summary>Whether a connection's grant covers an operation, as far as what is stored tells.</summary>
    public static bool Covers(Connection connection, Operation operation) => operation.Scopes.Count == 0 || operation.Scopes.Any(connection.Scopes.Contains);
}
