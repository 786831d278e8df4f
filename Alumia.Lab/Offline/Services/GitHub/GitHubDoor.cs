namespace Alumia.Lab.Offline.Services.GitHub;

/// <summary>GitHub's way to say "no".</summary>
internal sealed class GitHubDoor : ServiceDoor
{
    private const string Documentation = "https://docs.github.com/rest";

    protected override IResult Unauthorized() => Error(StatusCodes.Status401Unauthorized, "Bad credentials");

    protected override IResult Forbidden(HttpContext context, ServiceCaller caller, IReadOnlyList<string> accepted)
    {
        context.Response.Headers["X-OAuth-Scopes"] = string.Join(", ", caller.Scopes);
        context.Response.Headers["X-Accepted-OAuth-Scopes"] = string.Join(", ", accepted);
        return Error(StatusCodes.Status403Forbidden, "Resource not accessible by this token: it lacks a scope");
    }

    protected override IResult Refused(int status, string message) =>
        status == StatusCodes.Status404NotFound ? Error(status, "Not Found") : Error(StatusCodes.Status422UnprocessableEntity, $"Validation Failed: {message}");

    private static IResult Error(int status, string message) => Results.Json(new { message, documentation_url = Documentation, status = $"{status}" }, statusCode: status);
}
