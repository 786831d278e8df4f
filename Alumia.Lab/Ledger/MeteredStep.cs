using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Ledger;

/// <summary>A step that was metered: while it runs it is the hold, afterwards the receipt. Money is in microcents.</summary>
public sealed class MeteredStep : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public string? ProjectId { get; init; }

    public string? SessionId { get; init; }

    public string? AgentId { get; init; }

    public string? TurnId { get; init; }

    /// <summary><c>provider/model</c>.</summary>
    public required string ModelId { get; init; }

    public required string Provider { get; init; }

    public required StepSource Source { get; init; }

    public required long InputPrice { get; init; }

    public required long CachedInputPrice { get; init; }

    public required long OutputPrice { get; init; }

    /// <summary>The platform's fee, in hundredths of a percent, as it was when the step began.</summary>
    public int FeeRate { get; init; }

    /// <summary>All that was held for it.</summary>
    public long Held { get; init; }

    /// <summary>How often the hold grew.</summary>
    public int Growths { get; init; }

    public required long StartedAtMs { get; init; }

    /// <summary>Null while it runs.</summary>
    public long? EndedAtMs { get; init; }

    public long InputTokens { get; init; }

    /// <summary>Part of <see cref="InputTokens"/>.</summary>
    public long CachedInputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>Part of <see cref="OutputTokens"/>.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>What the model cost.</summary>
    public long Cost { get; init; }

    public long Fee { get; init; }

    /// <summary>What of both the org paid; the rest was written off.</summary>
    public long Paid { get; init; }

    /// <summary>Whether the provider sent no usage, so that it was counted here.</summary>
    public bool IsEstimated { get; init; }

    public StepStop? Stop { get; init; }

    public ModelPrice Price => new(InputPrice, CachedInputPrice, OutputPrice);

    public TokenUsage Usage => new(InputTokens, CachedInputTokens, OutputTokens, ReasoningTokens);

    private sealed class Configuration : IEntityTypeConfiguration<MeteredStep>
    {
        public void Configure(EntityTypeBuilder<MeteredStep> builder)
        {
            builder.Property(step => step.Source).HasConversion(source => source.Word(), word => LedgerWords.Source(word));
            builder.Property(step => step.Stop).HasConversion(stop => stop!.Value.Word(), word => LedgerWords.Stop(word));
            builder.Ignore(step => step.Price).Ignore(step => step.Usage);
            builder.ToTable(table => table.HasCheckConstraint("ck_metered_step_paid", "held >= 0 AND cost >= 0 AND fee >= 0 AND paid >= 0 AND paid <= cost + fee"));
            // A session has one open hold at the most; and all of them, by which a session's receipts are found.
            builder.HasIndex(step => step.SessionId).HasFilter("ended_at_ms IS NULL").IsUnique();
            builder.HasIndex(step => new { step.SessionId, step.EndedAtMs }).HasFilter("ended_at_ms IS NOT NULL");
            builder.HasIndex(step => new { step.OrgId, step.EndedAtMs }).HasFilter("ended_at_ms IS NOT NULL");
            builder.HasIndex(step => new { step.AgentId, step.EndedAtMs, step.Paid }).HasFilter("ended_at_ms IS NOT NULL");
        }
    }
}
