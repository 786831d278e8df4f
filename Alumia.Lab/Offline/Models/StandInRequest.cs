using System.Text.Json;
using Alumia.Lab.Models;

namespace Alumia.Lab.Offline.Models;

/// <summary>Reads a request's JSON with patience: what is missing is empty.</summary>
internal static class StandInRequest
{
    /// <summary>What a key is told that no stand-in takes.</summary>
    public const string NotGood = $"The stand-in takes keys that begin with {IStandIn.GoodKey}; this is not one.";

    /// <summary>The body, or null after 400 was answered or the client went.</summary>
    public static async Task<JsonElement?> ReadAsync(HttpContext context)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            return body.RootElement.Clone();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return null; // Cancelled before it was even sent: nobody waits for an answer.
        }
        catch (JsonException exception)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsJsonAsync(new { error = new { message = $"The body is not JSON: {exception.Message}", type = "invalid_request_error" } });
            return null;
        }
    }

    /// <summary>The key in the Authorization header, or null.</summary>
    public static string? Bearer(HttpContext context) =>
        context.Request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : null;

    /// <summary>Whether the stand-ins take this key.</summary>
    public static bool IsGood(string? key) => key?.StartsWith(IStandIn.GoodKey, StringComparison.Ordinal) is true;

    public static JsonElement Inner(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var inner) ? inner : default;

    public static string Text(this JsonElement element, string name) =>
        element.Inner(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    public static bool Flag(this JsonElement element, string name) => element.Inner(name).ValueKind == JsonValueKind.True;

    public static int? Number(this JsonElement element, string name) =>
        element.Inner(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;

    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : Enumerable.Empty<JsonElement>();

    /// <summary>A content's text, whether it is a string or a list of parts.</summary>
    public static string Words(this JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString()!
        : string.Join('\n', content.Items().Where(part => part.Text("type") == "text").Select(part => part.Text("text")));
}
