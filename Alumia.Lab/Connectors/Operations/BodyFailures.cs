using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Alumia.Lab.Connectors;

/// <summary>Gives an answer that tells its failure in the body (<see cref="BodyFailure"/>) the status that others would have given it, so that nothing after this knows the difference.</summary>
internal static class BodyFailures
{
    private const int MostBytes = 2 * 1024 * 1024;

    public static async Task<HttpResponseMessage> ReadAsync(HttpResponseMessage response, BodyFailure? failure, CancellationToken cancellation)
    {
        if (failure is null || response.StatusCode != HttpStatusCode.OK)
            return response;
        await response.Content.LoadIntoBufferAsync(MostBytes, cancellation);
        if (ErrorOf(await response.Content.ReadAsByteArrayAsync(cancellation), failure) is not { } error)
            return response;
        if (failure.Auth.Contains(error))
        {
            response.StatusCode = HttpStatusCode.Unauthorized;
        }
        else if (failure.Scope.Contains(error))
        {
            response.StatusCode = HttpStatusCode.Forbidden;
            response.Headers.WwwAuthenticate.Add(new AuthenticationHeaderValue("Bearer", "error=\"insufficient_scope\""));
        }
        else
        {
            response.StatusCode = HttpStatusCode.BadRequest;
        }
        return response;
    }

    /// <summary>The error's name; null where the answer tells of none.</summary>
    private static string? ErrorOf(byte[] body, BodyFailure failure)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(failure.Flag, out var flag) && flag.ValueKind == JsonValueKind.False
                ? json.RootElement.TryGetProperty(failure.Message, out var message) && message.ValueKind == JsonValueKind.String ? message.GetString() : ""
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
