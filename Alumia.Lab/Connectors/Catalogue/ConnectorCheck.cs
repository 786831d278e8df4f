using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Alumia.Lab.Connectors;

/// <summary>Says what is wrong with a connector's entry, so that a mistake in a file is told when the lab starts and not in the middle of a turn.</summary>
internal static partial class ConnectorCheck
{
    private static readonly string[] _methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>The first fault, in words; null where there is none.</summary>
    public static string? Fault(Connector connector) => OfConnector(connector) ?? OfAuth(connector) ?? connector.Operations.Select(operation => OfOperation(connector, operation)).FirstOrDefault(fault => fault is not null);

    private static string? OfConnector(Connector connector) => connector switch
    {
        _ when !Slug().IsMatch(connector.Slug) => $"the slug \"{connector.Slug}\" is not of lower-case letters, digits and underscores.",
        { Name.Length: 0 } or { Category.Length: 0 } or { Description.Length: 0 } => "name, category and description must say something.",
        _ when Address(connector.Api) is { } fault => $"api {fault}",
        _ when !connector.Api.AbsoluteUri.EndsWith('/') => "api must end in a slash.",
        { Probe.Method: not ("GET" or "POST") } => "probe.method is GET or POST.",
        { Probe.Account.Length: 0 } => "probe.account must name where the account stands in the answer.",
        _ when Date(connector.SourceDate) is { } fault => fault,
        { Operations.Count: 0 } => "it has no operations.",
        _ when connector.Operations.GroupBy(operation => operation.Name).Any(group => group.Count() > 1) => "two operations have one name.",
        _ => null,
    };

    private static string? OfAuth(Connector connector) => connector switch
    {
        { Auth: ConnectorAuth.OAuth, OAuth: null } => "auth is oauth, and oauth has no addresses.",
        { Auth: ConnectorAuth.ApiKey, Key: null } => "auth is apiKey, and key does not say where it goes.",
        { Auth: ConnectorAuth.ApiKey, Scopes.Count: > 0 } => "a key has no scopes.",
        { OAuth: { } places } when new[] { places.Issuer, places.Authorize, places.Token, places.Revoke }.OfType<Uri>().Select(Address).FirstOrDefault(fault => fault is not null) is { } wrong => $"an address of oauth {wrong}",
        { OAuth.Client.Length: 0 } => "oauth.client must name whose client it uses.",
        _ => connector.Scopes.Any(scope => scope.Name.Length == 0 || scope.Words.Length == 0) ? "each scope has a name and words." : null,
    };

    private static string? OfOperation(Connector connector, Operation operation)
    {
        var fault = operation switch
        {
            _ when !operation.Name.StartsWith(connector.Slug + ".", StringComparison.Ordinal) || !OperationName().IsMatch(operation.Name) => $"its name must be {connector.Slug}. and lower-case words joined by underscores.",
            { Title.Length: 0 } or { Description.Length: 0 } => "title and description must say something.",
            _ when !_methods.Contains(operation.Request.Method) => $"the method {operation.Request.Method} is none of {string.Join(", ", _methods)}.",
            _ when operation.Request.Path.StartsWith('/') || operation.Request.Path.Contains("://", StringComparison.Ordinal) => "the path stands below api, and begins without a slash.",
            { Request: { Body: not null, Encoding: not null } } => "its request has both a body and an encoding.",
            { Request.Encoding: not (null or "mail") } => $"there is no encoding {operation.Request.Encoding}.",
            { Request.Answer: not (null or "mail") } => $"there is no answer {operation.Request.Answer}.",
            _ => operation.Scopes.FirstOrDefault(scope => !connector.Scopes.Any(known => known.Name == scope)) is { } unknown ? $"the scope {unknown} is not among the connector's." : null,
        };
        fault ??= OfSchema(operation) ?? Date(operation.SourceDate);
        return fault is null ? null : $"{operation.Name}: {fault}";
    }

    private static string? OfSchema(Operation operation)
    {
        if (operation.Schema.ValueKind != JsonValueKind.Object || !operation.Schema.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "object")
            return "its schema must be of the type object.";
        if (!MetaSchemas.Draft202012.Evaluate(operation.Schema).IsValid)
            return "its schema is no JSON Schema (2020-12).";
        var known = operation.Schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(property => property.Name).ToHashSet() : [];
        var required = operation.Schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet() : [];
        return OperationTemplate.Arguments(operation.Request).FirstOrDefault(name => !known.Contains(name)) is { } unknown ? $"the request uses {{{unknown}}}, which is not in its schema."
            : OperationTemplate.ArgumentsOf(operation.Request.Path).FirstOrDefault(name => !required.Contains(name)) is { } optional ? $"{{{optional}}} stands in the path, and its schema does not require it."
            : null;
    }

    /// <summary>Credentials go there: in the clear only within this machine.</summary>
    private static string? Address(Uri address) =>
        !address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) ? $"must begin with https:// ({address})." : null;

    private static string? Date(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? null : $"the date \"{text}\" is not written as 2026-11-29.";

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,39}\z")]
    private static partial Regex Slug();

    [GeneratedRegex(@"^[a-z0-9_]+\.[a-z][a-z0-9_]{0,59}\z")]
    private static partial Regex OperationName();
}
