using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models;

/// <summary>
/// Tool calls as models write them. What is not JSON is kept as it came, so that whoever runs the call can reject it;
/// it never breaks the answer.
/// </summary>
public static class ToolCalls
{
    /// <summary>Key in a call's additional properties: the arguments exactly as the model wrote them.</summary>
    public const string RawArguments = "rawArguments";

    /// <summary>Key in a call's additional properties: what the provider wants back with the call (Gemini's thought signature), as JSON.</summary>
    public const string ExtraContent = "extraContent";

    /// <summary>A call with its raw arguments, and parsed ones where they are a JSON object.</summary>
    public static FunctionCallContent Create(string id, string name, string raw, string? extra = null)
    {
        if (string.IsNullOrWhiteSpace(raw))
            raw = "{}"; // How models write a call without arguments.
        var call = new FunctionCallContent(id, name, Parse(raw)) { AdditionalProperties = new() { [RawArguments] = raw } };
        if (extra is not null)
            call.AdditionalProperties[ExtraContent] = extra;
        return call;
    }

    /// <summary>The call's arguments as JSON text: the parsed ones, else as the model wrote them.</summary>
    public static string ArgumentsText(FunctionCallContent call) => call.Arguments is { } arguments
        ? JsonSerializer.Serialize(arguments)
        : call.AdditionalProperties?[RawArguments] as string ?? "{}";

    /// <summary>The call's arguments as the model wrote them.</summary>
    public static string RawText(FunctionCallContent call) =>
        call.AdditionalProperties?.GetValueOrDefault(RawArguments) as string ?? ArgumentsText(call);

    private static Dictionary<string, object?>? Parse(string raw)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, object?>>(raw);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Joins a call's pieces. Some providers number all their calls 0, so a new id begins a new call too.</summary>
    internal sealed class Joiner
    {
        private readonly List<Part> _parts = [];

        public void Add(int index, string? id, string? name, string? arguments, string? extra)
        {
            var part = _parts.FindLast(one => one.Index == index);
            if (part is null || (!string.IsNullOrEmpty(id) && part.Id is not null && part.Id != id))
                _parts.Add(part = new Part { Index = index });
            part.Id ??= string.IsNullOrEmpty(id) ? null : id;
            part.Name ??= string.IsNullOrEmpty(name) ? null : name;
            part.Extra ??= extra;
            part.Arguments.Append(arguments);
        }

        public IEnumerable<FunctionCallContent> Calls() => _parts.Select((part, place) =>
            Create(part.Id ?? $"call_{place}", ToolNames.FromWire(part.Name ?? ""), part.Arguments.ToString(), part.Extra));

        private sealed class Part
        {
            public int Index { get; init; }

            public string? Id { get; set; }

            public string? Name { get; set; }

            public string? Extra { get; set; }

            public StringBuilder Arguments { get; } = new();
        }
    }
}
