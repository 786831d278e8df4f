using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Sessions;

/// <summary>What a parked session waits for.</summary>
public sealed class WakeCondition
{
    /// <summary>The kind that needs no checker: true once <see cref="DueAtMs"/> is reached.</summary>
    public const string Time = "time";

    public required string SessionId { get; init; }

    public required string OrgId { get; init; }

    public required string TurnId { get; init; }

    /// <summary>Names the <see cref="IWakeChecker"/>, or <see cref="Time"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The change keys after which it is checked, with spaces between; empty for none.</summary>
    public string Key { get; init; } = "";

    /// <inheritdoc cref="Key"/>
    public string[] Keys => Key.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>When it comes true by itself, in UTC ms.</summary>
    public long? DueAtMs { get; init; }

    /// <summary>What the checker needs, as JSON.</summary>
    public string Arguments { get; init; } = "{}";

    private sealed class Configuration : IEntityTypeConfiguration<WakeCondition>
    {
        public void Configure(EntityTypeBuilder<WakeCondition> builder)
        {
            builder.HasKey(row => row.SessionId);
            builder.Ignore(row => row.Keys);
            builder.HasIndex(row => row.Key);
            builder.HasIndex(row => row.DueAtMs);
            builder.HasOne<Session>().WithMany().HasForeignKey(row => row.SessionId);
        }
    }
}

/// <summary>Tells whether a wake condition of one kind is true now. Rooms above register theirs.</summary>
public interface IWakeChecker
{
    string Kind { get; }

    Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation);
}
