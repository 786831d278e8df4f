using System.Linq.Expressions;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Ledger;

/// <summary>What a part of a month cost.</summary>
/// <param name="Key">A day of the month, or the id of a model, agent or project; empty for calls without one.</param>
/// <param name="Paid">What was drawn from the balance, microcents.</param>
/// <param name="Steps">How many steps there were, of all sources.</param>
public sealed record SpendingPart(string Key, long Paid, int Steps);

/// <summary>Tokens of a month from one source.</summary>
public sealed record SourceUsage(StepSource Source, TokenUsage Tokens, int Steps);

/// <summary>A month's spending of an org. Days are in UTC and all there; the other parts run from the dearest down.</summary>
/// <param name="Month">The month.</param>
/// <param name="Paid">In all, microcents.</param>
/// <param name="Fee">The platform's fee on these steps; where usage was written off, some of it was too.</param>
/// <param name="ByDay">Keys <c>1</c> to the month's last day.</param>
/// <param name="ByModel">By <c>provider/model</c>.</param>
/// <param name="ByAgent">By agent id.</param>
/// <param name="ByProject">By project id.</param>
/// <param name="Usage">Tokens by source and kind.</param>
public sealed record Spending(
    Month Month, long Paid, long Fee, IReadOnlyList<SpendingPart> ByDay, IReadOnlyList<SpendingPart> ByModel, IReadOnlyList<SpendingPart> ByAgent, IReadOnlyList<SpendingPart> ByProject,
    IReadOnlyList<SourceUsage> Usage)
{
    internal static async Task<Spending> ReadAsync(LabDbContext db, OrgScope scope, Month month, CancellationToken cancellation)
    {
        var (fromMs, toMs) = (month.FromMs, month.ToMs);
        var steps = db.In<MeteredStep>(scope).Where(step => step.EndedAtMs >= fromMs && step.EndedAtMs < toMs && step.Stop != StepStop.Released);
        var days = (await steps.GroupBy(step => (step.EndedAtMs!.Value - fromMs) / Day.Ms)
            .Select(day => new { day.Key, Paid = day.Sum(step => step.Paid), Steps = day.Count() }).ToListAsync(cancellation)).ToDictionary(day => day.Key);
        var sources = await steps.GroupBy(step => step.Source).Select(source => new
        {
            source.Key,
            Paid = source.Sum(step => step.Paid),
            Fee = source.Sum(step => step.Fee),
            Input = source.Sum(step => step.InputTokens),
            Cached = source.Sum(step => step.CachedInputTokens),
            Output = source.Sum(step => step.OutputTokens),
            Reasoning = source.Sum(step => step.ReasoningTokens),
            Steps = source.Count(),
        }).ToListAsync(cancellation);
        return new Spending(
            month, sources.Sum(source => source.Paid), sources.Sum(source => source.Fee),
            [.. Enumerable.Range(0, month.Days).Select(day => new SpendingPart($"{day + 1}", days.GetValueOrDefault(day)?.Paid ?? 0, days.GetValueOrDefault(day)?.Steps ?? 0))],
            await PartsAsync(steps, step => step.ModelId, cancellation), await PartsAsync(steps, step => step.AgentId, cancellation), await PartsAsync(steps, step => step.ProjectId, cancellation),
            [.. sources.OrderBy(source => source.Key).Select(source => new SourceUsage(source.Key, new TokenUsage(source.Input, source.Cached, source.Output, source.Reasoning), source.Steps))]);
    }

    private static async Task<IReadOnlyList<SpendingPart>> PartsAsync(IQueryable<MeteredStep> steps, Expression<Func<MeteredStep, string?>> by, CancellationToken cancellation)
    {
        var parts = await steps.GroupBy(by).Select(part => new { part.Key, Paid = part.Sum(step => step.Paid), Steps = part.Count() }).ToListAsync(cancellation);
        return [.. parts.Select(part => new SpendingPart(part.Key ?? "", part.Paid, part.Steps)).OrderByDescending(part => part.Paid).ThenBy(part => part.Key, StringComparer.Ordinal)];
    }
}
