using System.Text.Json;

namespace Alumia.Lab.Api;

/// <summary>One way into the API: the paths behind it, and how it says "no". Rooms add their own as services.</summary>
/// <param name="Prefix">What the paths behind it begin with.</param>
/// <param name="NeedsOrg">Whether each call must name the org, and a signed-in browser may come in by its cookie; else a key alone opens it, and its org counts.</param>
/// <param name="Error">The body of a failure with this status.</param>
/// <param name="TooMany">The body of a 429; the number is how many ms to wait.</param>
public sealed record ApiDoor(string Prefix, bool NeedsOrg, Func<ErrorContent, int, object> Error, Func<long, object> TooMany)
{
    /// <summary>The lab's own, with the document's bodies.</summary>
    public static ApiDoor Own { get; } = new(ApiModule.Prefix, true, (content, _) => new ErrorBody(content), retryAfterMs => new TooManyBody("Too many requests", retryAfterMs));

    /// <summary>The door by which a call came.</summary>
    public static ApiDoor Of(HttpContext context) => context.Features.Get<ApiDoor>() ?? Own;
}

/// <summary>The body of a 429, which alone is flat.</summary>
internal sealed record TooManyBody(string Error, long RetryAfterMs);

/// <summary>A failure as the door of the call words it.</summary>
internal sealed class ErrorResult(ErrorContent content, int status) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        return httpContext.Response.WriteAsJsonAsync(ApiDoor.Of(httpContext).Error(content, status), JsonSerializerOptions.Web, httpContext.RequestAborted);
    }
}
