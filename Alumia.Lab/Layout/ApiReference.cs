using Scalar.AspNetCore;

namespace Alumia.Lab.Layout;

/// <summary>The page <c>/api/docs</c>, to read the API's document and try it. Its script comes from this lab, and it asks nobody else for anything.</summary>
internal static class ApiReference
{
    public const string Route = "/api/docs";

    public static void MapApiReference(this IEndpointRouteBuilder app) => app.MapScalarApiReference(Route, (options, context) => options
        .WithNonce(SecurityHeaders.Nonce(context))
        .WithTitle("Alumia Lab API")
        .DisableDefaultFonts()
        .DisableTelemetry()
        .DisableAgent()
        .DisableMcp()
        .HideClientButton()
        .HideDeveloperTools()
        .WithFavicon("/favicon.svg")
        .AddPreferredSecuritySchemes("key", "org")).AllowAnonymous().ExcludeFromDescription();
}
