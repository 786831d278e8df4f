namespace Alumia.Lab.Offline.Services;

/// <summary>Which scopes an endpoint takes: any one of them suffices.</summary>
internal sealed record AcceptedScopes(IReadOnlyList<string> Any);

/// <summary>Lets in whom the token allows it, and says "no" as the service does.</summary>
internal abstract class ServiceDoor : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var caller = context.Arguments.OfType<ServiceCaller>().Single();
        var accepted = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AcceptedScopes>()?.Any ?? [];
        var headers = context.HttpContext.Response.Headers;
        if (caller.Known is null)
        {
            headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            return Unauthorized();
        }
        if (accepted.Count > 0 && !accepted.Any(caller.Scopes.Contains))
        {
            headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{string.Join(' ', accepted)}\"";
            return Forbidden(context.HttpContext, caller, accepted);
        }
        try
        {
            return await next(context);
        }
        catch (Refusal refusal)
        {
            return Refused(refusal.Kind == RefusalKind.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest, refusal.Message);
        }
    }

    protected abstract IResult Unauthorized();

    protected abstract IResult Forbidden(HttpContext context, ServiceCaller caller, IReadOnlyList<string> accepted);

    protected abstract IResult Refused(int status, string message);
}
