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

    public static IResult Unauthorized(string message) => Result("UNAUTHORIZED", StatusCodes.Status401Unauthorized, message);

    public static IResult Forbidden(string message) => Result("FORBIDDEN", StatusCodes.Status403Forbidden, message);

    public static IResult NotFound() => Result("NOT_FOUND", StatusCodes.Status404NotFound, "There is nothing at this address.");
}
