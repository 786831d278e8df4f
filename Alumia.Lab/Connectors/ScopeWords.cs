namespace Alumia.Lab.Connectors;

/// <summary>Granted and wished scopes, as people read them.</summary>
public static class ScopeWords
{
    /// <summary>What a scope allows; its own name where the catalogue does not know it.</summary>
    public static string Of(Connector connector, string scope) => connector.Scopes.FirstOrDefault(each => each.Name == scope)?.Words ?? scope;

    /// <summary>What these allow, without those that the catalogue asks for besides (the account's address and the like).</summary>
    public static IReadOnlyList<string> Of(Connector connector, IEnumerable<string> scopes) =>
        [.. scopes.Where(scope => connector.Scopes.Any(each => each.Name == scope) || connector.OAuth?.AlwaysScopes.Contains(scope) is not true).Select(scope => Of(connector, scope)).Distinct()];

    /// <summary>The same as one text: "Read your mail, Send mail".</summary>
    public static string Join(Connector connector, IEnumerable<string> scopes) => string.Join(", ", Of(connector, scopes));
}
