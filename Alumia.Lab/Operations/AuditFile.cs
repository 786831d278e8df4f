using Alumia.Lab.Accounts;
using Alumia.Lab.Blocks.Views;
using Alumia.Lab.Organizations;

namespace Alumia.Lab.Operations;

/// <summary>Hands an owner or admin the org's audit trail as a CSV file, written as it is read.</summary>
internal static class AuditFile
{
    public const string Route = "/{OrgSlug}/settings/audit.csv";

    private static readonly string[] _columns = ["Time (UTC)", "Who", "What", "Whom or which", "How", "Id"];

    public static async Task GetAsync(string orgSlug, string? person, string? kind, HttpContext context, OrgDirectory orgs, Audit audit, CancellationToken cancellation)
    {
        // A member is told no more than a stranger: to them there is no such file.
        if (context.User.UserId() is not { } userId || await orgs.ScopeAsync(userId, orgSlug, cancellation) is not { } scope || !scope.Can(OrgRole.Admin))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        await Csv.SendAsync(context.Response, $"{orgSlug}-audit.csv", _columns, audit.AllAsync(scope, new AuditFilter(person, kind), cancellation).Select(Row), cancellation);
    }

    private static IReadOnlyList<string> Row(AuditLine line) =>
        [Csv.Time(line.AtMs), line.Actor, line.Action, line.Subject, line.Detail, line.Id];
}
