using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Connectors;

/// <summary>Reads a service's answer for the model: JSON compact, everything between marks that say that it comes from outside, and not too long.</summary>
internal static class OperationAnswer
{
    private const int MostBytes = 2 * 1024 * 1024;
    private const int MostCharacters = 30_000;
    private const int MostOfError = 1_500;
    private static readonly JsonSerializerOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What the answer comes to; null where the service says that the granted scopes do not suffice.</summary>
    public static async Task<OperationEnd?> ReadAsync(Connector connector, Operation operation, HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await BodyAsync(response, cancellation);
        if (response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound && IsAboutScopes(response, body))
            return null;
        if (!response.IsSuccessStatusCode)
            return new OperationEnd.Failed(Error(connector, response, body));
        if (body.Length == 0)
            return new OperationEnd.Answered($"Done. {connector.Name} answered {(int)response.StatusCode} without a text.");
        var text = operation.Request.Answer == "mail" && Json(body) is { } mail ? OperationMail.Read(mail) ?? Compact(body) : Compact(body);
        return new OperationEnd.Answered(Untrusted.Wrap(connector.Name, Cut(text, MostCharacters)));
    }

    /// <summary>By RFC 6750, by the names of Google's APIs, or by GitHub's headers.</summary>
    private static bool IsAboutScopes(HttpResponseMessage response, string body)
    {
        if (response.Headers.WwwAuthenticate.Any(challenge => challenge.Parameter?.Contains("insufficient_scope", StringComparison.OrdinalIgnoreCase) == true))
            return true;
        if (response.StatusCode == HttpStatusCode.Forbidden && (body.Contains("ACCESS_TOKEN_SCOPE_INSUFFICIENT", StringComparison.Ordinal) || body.Contains("insufficientPermissions", StringComparison.Ordinal)))
            return true;
        var accepted = Listed(response, "X-Accepted-OAuth-Scopes");
        return accepted.Count > 0 && response.Headers.Contains("X-OAuth-Scopes") && !accepted.Overlaps(Listed(response, "X-OAuth-Scopes"));
    }

    private static HashSet<string> Listed(HttpResponseMessage response, string header) => response.Headers.TryGetValues(header, out var values)
        ? [.. values.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))]
        : [];

    private static string Error(Connector connector, HttpResponseMessage response, string body)
    {
        var reason = Enum.IsDefined(response.StatusCode) ? $" ({response.StatusCode})" : "";
        var wait = response.Headers.RetryAfter is { } after ? $" It asks to wait {after}." : "";
        var said = body.Length == 0 ? "" : "\n" + Untrusted.Wrap(connector.Name, Cut(Message(body) ?? Compact(body), MostOfError));
        return $"{connector.Name} answered {(int)response.StatusCode}{reason}.{wait}{said}";
    }

    /// <summary>The message of an error where services commonly put it.</summary>
    private static string? Message(string body)
    {
        if (Json(body) is not { ValueKind: JsonValueKind.Object } json)
            return null;
        if (json.TryGetProperty("error", out var error))
            json = error.ValueKind == JsonValueKind.Object ? error : json;
        foreach (var name in (ReadOnlySpan<string>)["message", "error_description", "error"])
        {
            if (json.TryGetProperty(name, out var said) && said.ValueKind == JsonValueKind.String && said.GetString() is { Length: > 0 } text)
                return text;
        }
        return null;
    }

    private static string Compact(string body) => Json(body) is { } json ? JsonSerializer.Serialize(json, _compact) : body;

    private static JsonElement? Json(string body)
    {
        if (body.AsSpan().TrimStart() is not ['{' or '[', ..])
            return null;
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var read = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (read.Length < MostBytes && await stream.ReadAsync(buffer, cancellation) is var count and > 0)
            read.Write(buffer, 0, count);
        return Encoding.UTF8.GetString(read.GetBuffer(), 0, (int)Math.Min(read.Length, MostBytes));
    }

    /// <summary>Never in the middle of a character.</summary>
    private static string Cut(string text, int most)
    {
        if (text.Length <= most)
            return text;
        var end = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return $"{text[..end]}\n… {text.Length - end} more characters were left out. Ask for less, or for the next page.";
    }
}
