using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Alumia.Lab.Api;
using Alumia.Lab.Ledger;
using Alumia.Lab.Projects;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Alumia.Lab.Billing;

/// <summary>Which month; the running one where it is left out.</summary>
internal readonly record struct MonthQuery(
    [property: FromQuery(Name = "month"), Description("A month in UTC, such as 2027-01."), RegularExpression("^20[0-9]{2}-(0[1-9]|1[0-2])$")] string? Month)
{
    /// <exception cref="Refusal">No month.</exception>
    public Month Read(TimeProvider clock)
    {
        if (Month is null)
            return Ledger.Month.Of(clock.NowMs());
        return DateOnly.TryParseExact(Month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 2100
            ? new Month(day.Year, day.Month) : throw Refusal.Invalid("month", "A month is a year and a month, such as 2027-01.");
    }
}

/// <summary>What a month cost, by day, model, agent and project.</summary>
internal static class SpendingEndpoints
{
    public static void MapSpending(this RouteGroupBuilder billing)
    {
        billing.MapGet("/spending", async ([AsParameters] MonthQuery query, ApiCaller caller, Balances balances, TimeProvider clock, CancellationToken cancellation) =>
        {
            var spending = await balances.SpendingAsync(caller.Scope, query.Read(clock), cancellation);
            return Envelope.Of(new SpendingBody(
                string.Create(CultureInfo.InvariantCulture, $"{spending.Month.Year:d4}-{spending.Month.Number:d2}"), spending.Paid, spending.Fee,
                [.. spending.ByDay.Select(day => new DayBody(int.Parse(day.Key, CultureInfo.InvariantCulture), day.Paid, day.Steps))]));
        }).Needs(KeyScopes.Read).WithSummary("Tells what a month cost, day by day");
        billing.MapGet("/spending/by-model", ([AsParameters] MonthQuery query, ApiCaller caller, Balances balances, TimeProvider clock, CancellationToken cancellation) =>
            PartsAsync(query, caller, balances, clock, spending => spending.ByModel, cancellation)).Needs(KeyScopes.Read).WithSummary("Lists what each model cost in a month");
        billing.MapGet("/spending/by-agent", ([AsParameters] MonthQuery query, ApiCaller caller, Balances balances, TimeProvider clock, CancellationToken cancellation) =>
            PartsAsync(query, caller, balances, clock, spending => spending.ByAgent, cancellation)).Needs(KeyScopes.Read).WithSummary("Lists what each agent cost in a month");
        billing.MapGet("/spending/by-project", async ([AsParameters] MonthQuery query, ApiCaller caller, Balances balances, ProjectDirectory projects, TimeProvider clock, CancellationToken cancellation) =>
        {
            var seen = await BillingEndpoints.SeenAsync(projects, caller.Scope, cancellation);
            return await PartsAsync(query, caller, balances, clock, spending => Hide(spending.ByProject, seen), cancellation);
        }).Needs(KeyScopes.Read).WithSummary("Lists what each project cost in a month");
    }

    private static async Task<Ok<Envelope<Page<SpendingPartBody>>>> PartsAsync(
        MonthQuery query, ApiCaller caller, Balances balances, TimeProvider clock, Func<Spending, IEnumerable<SpendingPart>> parts, CancellationToken cancellation) =>
        Envelope.List(parts(await balances.SpendingAsync(caller.Scope, query.Read(clock), cancellation)).Select(part => new SpendingPartBody(part.Key, part.Paid, part.Steps)));

    /// <summary>Joins what happened in projects that the caller may not see under no id.</summary>
    private static IEnumerable<SpendingPart> Hide(IEnumerable<SpendingPart> parts, IReadOnlySet<string> seen) => parts
        .GroupBy(part => seen.Contains(part.Key) ? part.Key : "")
        .Select(same => new SpendingPart(same.Key, same.Sum(part => part.Paid), same.Sum(part => part.Steps)))
        .OrderByDescending(part => part.Paid);
}
