using System.Text;
using System.Text.Json;

namespace Alumia.Lab.Tests.Api;

/// <summary>A request as the fuzzer made it, and what is wrong with it on purpose.</summary>
internal sealed record FuzzRequest(string Method, string Template, string Address, byte[]? Body, string? MediaType, string? Key, string? Org, string? Accept, string Fault)
{
    public string Resource => Template.Split('/')[3];

    public override string ToString() => $"{Method} {(Address.Length > 300 ? Address[..300] : Address)} ({Fault}) {(Body is null ? "" : Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 400)))}";
}

/// <summary>Makes requests of an OpenAPI document: more than half of them right as far as the document tells, the others with a fault.</summary>
internal sealed class Fuzzer
{
    private static readonly string[] _faults =
        ["foreign id", "odd id", "wrong type", "odd text", "huge text", "raw JSON", "cut JSON", "unknown property", "no body", "other media type", "no key", "wrong key", "no org", "other org", "odd query", "other method", "odd path", "accept"];

    private readonly Random _random;
    private readonly List<(string Method, string Template, JsonElement Operation)> _operations;
    private readonly (string Key, string Org, string OtherOrg) _caller;

    public Fuzzer(JsonElement document, int seed, (string Key, string Org, string OtherOrg) caller)
    {
        (_random, _caller) = (new Random(seed), caller);
        Values = new FuzzValues(document, _random);
        _operations = [.. from path in document.GetProperty("paths").EnumerateObject() from operation in path.Value.EnumerateObject() select (operation.Name.ToUpperInvariant(), path.Name, operation.Value)];
    }

    public FuzzValues Values { get; }

    public IEnumerable<string> Names => _operations.Select(operation => $"{operation.Method} {operation.Template}");

    /// <summary>A request of one operation, right as far as the document tells.</summary>
    public FuzzRequest Right(string name)
    {
        var (method, template, operation) = _operations.Single(operation => $"{operation.Method} {operation.Template}" == name);
        return Make(method, template, operation, "");
    }

    public FuzzRequest Next()
    {
        var (method, template, operation) = _operations[_random.Next(_operations.Count)];
        // What only reads is most of the document, and says little twice.
        if (method == "GET" && _random.Next(2) > 0)
            return Next();
        // What is deleted is missed by all calls after.
        if (method == "DELETE" && _random.Next(3) > 0)
            return Next();
        return Make(method, template, operation, _random.Next(100) < 55 ? "" : Values.Pick(_faults));
    }

    private FuzzRequest Make(string method, string template, JsonElement operation, string fault)
    {
        var parameters = operation.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToList() : [];
        var address = template;
        foreach (var parameter in parameters.Where(parameter => parameter.GetProperty("in").GetString() == "path"))
            address = address.Replace($"{{{parameter.GetProperty("name").GetString()}}}", Uri.EscapeDataString(PathValue(parameter, template, fault)), StringComparison.Ordinal);
        if (fault == "odd path")
            address = Values.Pick([address + "/", address + "/" + Uri.EscapeDataString(Values.Text()), address + "/%2e%2e", address + "//", address.ToUpperInvariant(), address + "?" + new string('x', 9_000), address + "/" + new string('y', 3_000)]);
        var query = parameters.Where(parameter => parameter.GetProperty("in").GetString() == "query").SelectMany(parameter => QueryOf(parameter, fault)).ToList();
        if (query.Count > 0 && !address.Contains('?', StringComparison.Ordinal))
            address += "?" + string.Join('&', query);
        return new FuzzRequest(
            fault == "other method" ? Values.Pick(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW"]) : method, template, address,
            operation.TryGetProperty("requestBody", out var body) && fault != "no body" ? BodyOf(body, fault) : null,
            fault == "other media type" ? Values.Pick(["text/plain", "application/xml", "multipart/form-data", "application/json; charset=utf-16", "application/x-www-form-urlencoded"]) : "application/json",
            fault switch { "no key" => null, "wrong key" => Values.Pick(["alm_test_0", "x", _caller.Key + "0", _caller.Key[..^1]]), _ => _caller.Key },
            fault switch { "no org" => null, "other org" => _caller.OtherOrg, _ => _caller.Org },
            fault == "accept" ? Values.Pick(["text/html", "*/*", "image/png", "text/event-stream"]) : "application/json", fault);
    }

    private string PathValue(JsonElement parameter, string template, string fault)
    {
        if (fault == "foreign id")
            return Values.Foreign();
        if (fault == "odd id")
            return Values.Text() is { Length: > 0 } text ? text : "none";
        var name = parameter.GetProperty("name").GetString()!;
        return name.Contains("id", StringComparison.OrdinalIgnoreCase)
            ? Values.IdOf(template.Split('/')[3] is "chat" ? "sessions" : template.Split('/')[3])
            : Values.Right(name, parameter.GetProperty("schema"))?.ToString() ?? "1";
    }

    private IEnumerable<string> QueryOf(JsonElement parameter, string fault)
    {
        var name = parameter.GetProperty("name").GetString()!;
        // A list of one project's things needs it, though another list takes it or not.
        if (_random.Next(10) >= (name.EndsWith("Id", StringComparison.Ordinal) ? 8 : 3))
            yield break;
        var value = fault switch
        {
            "odd query" => Values.Pick([Values.Text(), Values.RawJson(), "a\0b"]),
            "foreign id" when name.EndsWith("Id", StringComparison.Ordinal) || name == "cursor" => Values.Foreign(),
            _ => Values.Right(name, parameter.GetProperty("schema"))?.ToString() ?? "",
        };
        yield return $"{name}={Uri.EscapeDataString(value)}";
        if (fault == "odd query" && _random.Next(4) == 0)
            yield return $"{name}={Uri.EscapeDataString(Values.Text())}";
    }

    private byte[] BodyOf(JsonElement body, string fault)
    {
        var made = Values.Object(body.GetProperty("content").GetProperty("application/json").GetProperty("schema"));
        var names = made.Select(property => property.Key).ToList();
        var name = names.Count == 0 ? "x" : Values.Pick(names);
        const string Hole = "here-goes-what-is-wrong";
        switch (fault)
        {
            case "foreign id":
                foreach (var id in names.Where(each => each.EndsWith("Id", StringComparison.Ordinal)))
                    made[id] = Values.Foreign();
                break;
            case "odd text":
                made[name] = Values.Text();
                break;
            case "huge text":
                made[name] = Values.HugeText();
                break;
            case "unknown property":
                made[Values.Text()] = Values.HugeText().Length;
                break;
            case "wrong type":
                made[name] = Hole;
                return Encoding.UTF8.GetBytes(made.ToJsonString().Replace($"\"{Hole}\"", Values.RawJson(), StringComparison.Ordinal));
            case "raw JSON":
                return Encoding.UTF8.GetBytes(Values.RawJson());
            case "cut JSON":
                var text = Encoding.UTF8.GetBytes(made.ToJsonString());
                return text[.._random.Next(text.Length)];
        }
        return Encoding.UTF8.GetBytes(made.ToJsonString());
    }
}
