using System.Text.Json.Nodes;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>Stripe's API, as much of it as the lab uses: form fields in, Stripe's JSON out.</summary>
internal static class StripeApi
{
    public static void MapStripeStandIn(this IEndpointRouteBuilder offline)
    {
        var api = offline.MapGroup("/stripe/v1").AddEndpointFilter<StripeDoor>();
        api.MapPost("/customers", (StripeForm form, StripeCalls calls, CancellationToken ended) => calls.OnceAsync(form, tx => StripeMaking.Customer(tx, form), ended));
        api.MapPost("/checkout/sessions", (StripeForm form, StripeCalls calls, StripeMaking making, CancellationToken ended) => calls.OnceAsync(form, tx => making.Session(tx, form), ended));
        api.MapPost("/payment_intents", (StripeForm form, StripeCalls calls, StripeMaking making, CancellationToken ended) => calls.OnceAsync(form, tx => making.Intent(tx, form), ended));
        api.MapPost("/refunds", async (StripeForm form, StripePayments payments, CancellationToken ended) => Json(await payments.RefundAsync(form["payment_intent"] ?? "", form.Number("amount"), ended)));
        api.MapPost("/checkout/sessions/{id}/expire", async (string id, StripePayments payments, CancellationToken ended) => Json(await payments.ExpireAsync(id, ended)));

        api.MapGet("/customers/{id}", (string id, StripeCalls calls, CancellationToken ended) => calls.OneAsync(StripeShapes.Customer, id, [], ended));
        api.MapGet("/checkout/sessions/{id}", (string id, HttpRequest request, StripeCalls calls, CancellationToken ended) => calls.OneAsync(StripeShapes.Session, id, Expanded(request), ended)).AddEndpointFilter<StripeReadingFault>();
        api.MapGet("/checkout/sessions", (string? payment_intent, StripeCalls calls, CancellationToken ended) => calls.ListAsync(StripeShapes.Session, payment_intent, ended)).AddEndpointFilter<StripeReadingFault>();
        api.MapGet("/payment_intents/{id}", (string id, StripeCalls calls, CancellationToken ended) => calls.OneAsync(StripeShapes.Intent, id, [], ended)).AddEndpointFilter<StripeReadingFault>();
        api.MapGet("/payment_methods/{id}", (string id, StripeCalls calls, CancellationToken ended) => calls.OneAsync(StripeShapes.Method, id, [], ended));
        api.MapGet("/payment_methods", (string? customer, StripeCalls calls, CancellationToken ended) => calls.ListAsync(StripeShapes.Method, customer, ended));
        api.MapGet("/events/{id}", (string id, StripeCalls calls, CancellationToken ended) => calls.OneAsync(StripeShapes.Event, id, [], ended));
        api.MapGet("/events", (StripeCalls calls, CancellationToken ended) => calls.ListAsync(StripeShapes.Event, null, ended));
    }

    public static IResult Json(JsonObject thing, int status = StatusCodes.Status200OK) => TypedResults.Text(thing.ToJsonString(), "application/json", statusCode: status);

    /// <summary>A failure as Stripe words it.</summary>
    public static IResult Error(int status, string type, string message, string? code = null, JsonObject? intent = null)
    {
        var error = new JsonObject { ["type"] = type, ["message"] = message };
        if (code is not null)
            error["code"] = code;
        if (intent is not null)
            error["payment_intent"] = intent.DeepClone();
        return Json(new JsonObject { ["error"] = error }, status);
    }

    private static string[] Expanded(HttpRequest request) => [.. request.Query.Where(pair => pair.Key.StartsWith("expand", StringComparison.Ordinal)).SelectMany(pair => pair.Value).OfType<string>()];
}
