using System.Text.Json;

namespace Alumia.Lab.Offline;

/// <summary>The desk over HTTP, for tests and scripts.</summary>
internal static class OfflineEndpoints
{
    private sealed record Setting(JsonElement Value);

    public static void MapSwitches(this IEndpointRouteBuilder offline)
    {
        offline.MapGet("/switches", (OfflineDesk desk) => new { items = OfflineSwitches.All.Select(one => Shape(one, desk)) });
        // Only JSON: a form of another site cannot send that without asking first.
        offline.MapPut("/switches/{name}", async (string name, HttpRequest request, OfflineDesk desk, CancellationToken cancellation) =>
        {
            if (!request.HasJsonContentType())
                return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
            try
            {
                var setting = await request.ReadFromJsonAsync<Setting>(cancellation);
                await desk.SetAsync(name, setting?.Value.ToString() ?? "", cancellation);
                return Results.Ok(Shape(OfflineSwitches.Find(name)!, desk));
            }
            catch (JsonException)
            {
                return Results.UnprocessableEntity(new { error = new { code = "VALIDATION_ERROR", message = "The body is {\"value\": ...}." } });
            }
            catch (Refusal refusal)
            {
                return refusal.Kind == RefusalKind.NotFound
                    ? Results.NotFound(new { error = new { code = "NOT_FOUND", message = refusal.Message } })
                    : Results.UnprocessableEntity(new { error = new { code = "VALIDATION_ERROR", message = refusal.Message } });
            }
        });
    }

    private static object Shape(OfflineSwitch one, OfflineDesk desk)
    {
        var text = desk.Value(one.Name);
        object value = one.Kind switch
        {
            OfflineSwitchKind.Bool => text == "true",
            OfflineSwitchKind.Number => desk.Number(one.Name),
            _ => text,
        };
        return new { name = one.Name, description = one.Description, kind = one.Kind.ToString().ToLowerInvariant(), choices = one.Choices, @default = one.Default, value };
    }
}
