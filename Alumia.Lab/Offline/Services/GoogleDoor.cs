namespace Alumia.Lab.Offline.Services;

/// <summary>Google's way to say "no".</summary>
internal sealed class GoogleDoor : ServiceDoor
{
    protected override IResult Unauthorized() => Error(401, "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.");

    protected override IResult Forbidden(HttpContext context, ServiceCaller caller, IReadOnlyList<string> accepted) => Error(403, "PERMISSION_DENIED",
        "Request had insufficient authentication scopes.", [new { reason = "insufficientPermissions", domain = "global", message = "Insufficient Permission" }]);

    protected override IResult Refused(int status, string message) => Error(status, status == 404 ? "NOT_FOUND" : "INVALID_ARGUMENT", message);

    /// <summary>A failure as Google words it.</summary>
    private static IResult Error(int code, string status, string message, object[]? errors = null) =>
        Results.Json(new { error = new { code, message, errors = errors ?? [], status } }, statusCode: code);
}
