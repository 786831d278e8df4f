using System.Collections.Concurrent;
using System.Text.Json;
using Json.Schema;

namespace Alumia.Lab.Tools;

/// <summary>What was wrong with a call's arguments: where (a JSON pointer), what was expected, and what came.</summary>
public sealed record SchemaMismatch(string Path, string Expected, string Message);

/// <summary>Checks arguments, as they came from the model, against a tool's schema.</summary>
public sealed class SchemaCheck
{
    private static readonly EvaluationOptions _options = new() { OutputFormat = OutputFormat.List };
    private readonly ConcurrentDictionary<string, JsonSchema> _schemas = new();

    /// <summary>Parses and checks; the arguments come back where nothing was wrong.</summary>
    public SchemaMismatch? Check(ITool tool, string received, out JsonElement arguments)
    {
        arguments = default;
        try
        {
            using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(received) ? "{}" : received);
            arguments = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            return new SchemaMismatch("", "a JSON object", $"The arguments are not valid JSON: {exception.Message.Split(" LineNumber:")[0]}");
        }
        var text = tool.Schema.GetRawText();
        var schema = _schemas.GetOrAdd(text, static text => JsonSchema.FromText(text));
        var result = schema.Evaluate(arguments, _options);
        if (result.IsValid)
            return null;
        var failed = result.Details?.Where(detail => detail.Errors is { Count: > 0 }).OrderByDescending(detail => detail.InstanceLocation.ToString().Length).FirstOrDefault();
        var path = failed?.InstanceLocation.ToString() ?? "";
        var error = failed?.Errors?.FirstOrDefault();
        return new SchemaMismatch(path, error?.Key ?? "schema", $"{(path.Length == 0 ? "The arguments" : path)}: {error?.Value ?? "does not fit the schema"}");
    }
}
