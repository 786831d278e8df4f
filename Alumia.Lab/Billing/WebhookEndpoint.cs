using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace Alumia.Lab.Billing;

/// <summary><c>POST /webhooks/stripe</c>: open to everybody, for the signature says who speaks; no form, no cookie and no redirect has a part in it.</summary>
internal static class WebhookEndpoint
{
    public const string Path = "/webhooks/stripe";

    /// <summary>The largest event; Stripe's are a few KB.</summary>
    private const int MostBytes = 256 * 1024;

    public static void MapStripeWebhook(this IEndpointRouteBuilder app) =>
        app.MapPost(Path, ReceiveAsync).AllowAnonymous().DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MostBytes)).ExcludeFromDescription();

    private static async Task<IResult> ReceiveAsync(HttpRequest request, Webhooks webhooks, CancellationToken cancellation)
    {
        string body;
        try
        {
            // As it was sent, to the byte: the signature is over that.
            using var reader = new StreamReader(request.Body, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
            body = await reader.ReadToEndAsync(cancellation);
        }
        catch (BadHttpRequestException tooLarge)
        {
            return TypedResults.StatusCode(tooLarge.StatusCode);
        }
        return TypedResults.StatusCode(await webhooks.ReceiveAsync(body, request.Headers["Stripe-Signature"], cancellation));
    }
}
