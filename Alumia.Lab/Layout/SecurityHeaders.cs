using System.Security.Cryptography;

namespace Alumia.Lab.Layout;

/// <summary>
/// The headers of every answer. Scripts come from this lab alone; only Blazor's import map stands in the page itself, and carries the
/// request's nonce. Styles may be inline: MudBlazor's theme and measured sizes are.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private static readonly object NonceKey = new();

    /// <summary>This request's nonce for the scripts in the page.</summary>
    public static string Nonce(HttpContext context) => (string)context.Items[NonceKey]!;

    public Task InvokeAsync(HttpContext context)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Items[NonceKey] = nonce;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
            $"connect-src 'self' ws://{context.Request.Host} wss://{context.Request.Host}; " +
            "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        return next(context);
    }
}
