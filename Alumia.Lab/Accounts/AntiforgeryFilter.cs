using Microsoft.AspNetCore.Antiforgery;

namespace Alumia.Lab.Accounts;

/// <summary>For form endpoints that bind nothing: a post without the page's antiforgery token is refused with 400.</summary>
public sealed class AntiforgeryFilter(IAntiforgery antiforgery) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            await antiforgery.ValidateRequestAsync(context.HttpContext);
        }
        catch (AntiforgeryValidationException)
        {
            return TypedResults.Text("This page was open for too long, or another account has signed in since. Load it again.", statusCode: 400);
        }
        return await next(context);
    }
}
