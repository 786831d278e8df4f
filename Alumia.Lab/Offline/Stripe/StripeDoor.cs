namespace Alumia.Lab.Offline.Stripe;

/// <summary>Lets in who has the account's key; says "no" as Stripe does.</summary>
internal sealed class StripeDoor(StripeAccount account) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (!account.Admits(context.HttpContext.Request.Headers.Authorization.ToString()))
            return StripeApi.Error(StatusCodes.Status401Unauthorized, "invalid_request_error", "Invalid API Key provided.");
        try
        {
            return await next(context);
        }
        catch (Refusal refusal)
        {
            return StripeApi.Error(refusal.Kind == RefusalKind.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest, "invalid_request_error", refusal.Message,
                refusal.Kind == RefusalKind.NotFound ? "resource_missing" : null);
        }
    }
}

/// <summary>The desk's switch that makes readings fail.</summary>
internal sealed class StripeReadingFault(OfflineDesk desk) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await desk.TakeOneAsync(OfflineSwitches.StripeReadingFails, context.HttpContext.RequestAborted)
            ? StripeApi.Error(StatusCodes.Status500InternalServerError, "api_error", "The offline desk makes this reading fail.")
            : await next(context);
}
