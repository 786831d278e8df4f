using System.Text.Json.Serialization;

namespace Alumia.Lab.Api;

/// <summary>The error envelope of the document: <c>{"error":{"code":"...","message":"..."}}</c>; where input is wrong, with the fields.</summary>
public sealed record ErrorBody(ErrorContent Error);

/// <summary>What is wrong.</summary>
public sealed record ErrorContent(
    string Code, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldError>? Fields = null);

/// <summary>What is wrong with one field.</summary>
public sealed record FieldError(string Field, string Message);

/// <summary>Turns what went wrong into the envelope.</summary>
public static class ApiErrors
{
    /// <summary>The code and status of facts.md for a service's "no".</summary>
    public static (string Code, int Status) Of(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => ("VALIDATION_ERROR", StatusCodes.Status422UnprocessableEntity),
        RefusalKind.Unauthorized => ("UNAUTHORIZED", StatusCodes.Status401Unauthorized),
        RefusalKind.Forbidden => ("FORBIDDEN", StatusCodes.Status403Forbidden),
        RefusalKind.NotFound => ("NOT_FOUND", StatusCodes.Status404NotFound),
        RefusalKind.Conflict => ("CONFLICT", StatusCodes.Status409Conflict),
        RefusalKind.PaymentRequired => ("PAYMENT_REQUIRED", StatusCodes.Status402PaymentRequired),
        RefusalKind.TooLarge => ("PAYLOAD_TOO_LARGE", StatusCodes.Status413PayloadTooLarge),
        _ => ("SERVICE_UNAVAILABLE", StatusCodes.Status503ServiceUnavailable),
    };

    public static IResult Result(string code, int status, string message, IReadOnlyList<FieldError>? fields = null) =>
        new ErrorResult(new ErrorContent(code, message, fields), status);

    public static IResult Result(Refusal refusal)
    {
        var (code, status) = Of(refusal.Kind);
        return Result(code, status, refusal.Message, refusal.Fields.Count == 0 ? null : [.. refusal.Fields.Select(field => new FieldError(field.Key, field.Value))]);
    }

    /// <summary>The envelope of an answer that the framework gave, which has a status and no body.</summary>
    public static IResult OfStatus(int status)
    {
        var (code, message) = status switch
        {
            StatusCodes.Status401Unauthorized => ("UNAUTHORIZED", "Send both headers: \"Authorization: Bearer <key>\" and \"X-Alumia-Org: <orgSlug>\"."),
            StatusCodes.Status403Forbidden => ("FORBIDDEN", "This may not be done with these rights."),
            StatusCodes.Status404NotFound => ("NOT_FOUND", "There is nothing at this address."),
            StatusCodes.Status405MethodNotAllowed => ("METHOD_NOT_ALLOWED", "This address does not take this method; the Allow header names those it takes."),
            StatusCodes.Status411LengthRequired => ("LENGTH_REQUIRED", "Send a Content-Length header, or the body in chunks."),
            StatusCodes.Status413PayloadTooLarge => ("PAYLOAD_TOO_LARGE", "The body is larger than this call takes."),
            StatusCodes.Status415UnsupportedMediaType => ("UNSUPPORTED_MEDIA_TYPE", "Send the body as JSON, with \"Content-Type: application/json\"."),
            StatusCodes.Status503ServiceUnavailable => ("SERVICE_UNAVAILABLE", "This is not at hand just now. Try again later."),
            >= 500 => ("INTERNAL_ERROR", "The server met a fault. Its log tells the cause."),
            _ => ("BAD_REQUEST", "The request is not one that this call takes."),
        };
        return Result(code, status, message);
    }

    public static IResult Unauthorized(string message) => Result("UNAUTHORIZED", StatusCodes.Status401Unauthorized, message);

    public static IResult Forbidden(string message) => Result("FORBIDDEN", StatusCodes.Status403Forbidden, message);

    public static IResult NotFound() => OfStatus(StatusCodes.Status404NotFound);
}
