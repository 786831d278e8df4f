using System.Globalization;
using Alumia.Lab.Accounts;
using Alumia.Lab.Blocks.Views;
using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;

namespace Alumia.Lab.Billing;

/// <summary>Hands a member the org's transactions as a CSV file, written as it is read.</summary>
internal static class TransactionsFile
{
    public const string Route = "/{OrgSlug}/billing/transactions.csv";

    private static readonly string[] _columns =
        ["Time (UTC)", "Kind", "Amount (USD)", "About", "Paid by", "Input tokens", "Cached input tokens", "Output tokens", "Estimated", "Agent", "Project", "Session", "Id"];

    public static async Task GetAsync(
        string orgSlug, string? kind, string? source, string? from, string? to, HttpContext context, OrgDirectory orgs, Balances balances, ProjectDirectory projects, CancellationToken cancellation)
    {
        if (context.User.UserId() is not { } userId || await orgs.ScopeAsync(userId, orgSlug, cancellation) is not { } scope)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        TransactionFilter filter;
        try
        {
            filter = new TransactionChoice(kind ?? "", source ?? "", from ?? "", to ?? "").Filter;
        }
        catch (Refusal refusal)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(refusal.Message, cancellation);
            return;
        }
        var seen = await BillingEndpoints.SeenAsync(projects, scope, cancellation);
        await Csv.SendAsync(context.Response, $"{orgSlug}-transactions.csv", _columns, balances.AllTransactionsAsync(scope, filter, cancellation).Select(line => Row(line, seen)), cancellation);
    }

    /// <summary>What happened in a project that the person may not see does not name it.</summary>
    private static IReadOnlyList<string> Row(TransactionLine line, IReadOnlySet<string> seen)
    {
        var isShown = line.ProjectId is null || seen.Contains(line.ProjectId);
        var usage = line.Step?.Usage;
        return
        [
            Csv.Time(line.AtMs),
            TransactionChoice.Word(line.Kind),
            ((decimal)line.Amount / Money.Dollar).ToString("0.00####", CultureInfo.InvariantCulture),
            line.About,
            line.Step is { } step ? TransactionChoice.Word(step.Source) : "",
            Number(usage?.Input), Number(usage?.CachedInput), Number(usage?.Output),
            line.Step is null ? "" : line.Step.IsEstimated ? "yes" : "no",
            line.AgentId ?? "", isShown ? line.ProjectId ?? "" : "", isShown ? line.Step?.SessionId ?? "" : "", line.Id,
        ];
    }

    private static string Number(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "";
}
