namespace Alumia.Lab.Sharing;

/// <summary>
/// What every answer under a share address bears, whatever it is: nobody keeps it, no search engine lists it, and no other site learns the address.
/// Written last, over what the lab's other answers bear.
/// </summary>
internal sealed class ShareHeaders : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => context =>
        {
            var isApi = context.Request.Path.StartsWithSegments(ShareEndpoints.Prefix);
            if (isApi || context.Request.Path.StartsWithSegments("/share"))
            {
                context.Response.OnStarting(() =>
                {
                    var headers = context.Response.Headers;
                    headers.CacheControl = "no-store";
                    headers["X-Robots-Tag"] = "noindex";
                    headers["Referrer-Policy"] = "no-referrer";
                    if (isApi)
                        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
                    return Task.CompletedTask;
                });
            }
            return following(context);
        });
        next(app);
    };

    /// <summary>The policy of a live page: scripts and styles of this lab alone, none in the page itself; only measured sizes stand in attributes.</summary>
    public static string LivePolicy(HttpRequest request) =>
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + $"connect-src 'self' ws://{request.Host} wss://{request.Host}; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The policy of a page without scripts; the form is there for those who may share.</summary>
    public const string StaticPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}
