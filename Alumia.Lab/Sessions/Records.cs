using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Sessions;

/// <summary>A stored event's row.</summary>
internal sealed class SessionEventRecord
{
    public required string SessionId { get; init; }

    public required long Sequence { get; init; }

    public required string TurnId { get; init; }

    public required long AtMs { get; init; }

    /// <summary>A <see cref="SessionEventData"/> as JSON.</summary>
    public required string Data { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<SessionEventRecord>
    {
        public void Configure(EntityTypeBuilder<SessionEventRecord> builder)
        {
            builder.ToTable("session_event");
            builder.HasKey(row => new { row.SessionId, row.Sequence });
            builder.HasOne<Session>().WithMany().HasForeignKey(row => row.SessionId);
        }
    }
}

/// <summary>One message and what answers it. A message id may have several revisions: edits and regenerations.</summary>
internal sealed class TurnRecord
{
    public required string Id { get; init; }

    public required string SessionId { get; init; }

    public required string MessageId { get; init; }

    public required int Revision { get; init; }

    /// <summary>SHA-256 of the message's text: a retry with the same text attaches.</summary>
    public required string TextHash { get; init; }

    /// <summary>The number of its <c>turn.started</c> event.</summary>
    public required long FirstSequence { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<TurnRecord>
    {
        public void Configure(EntityTypeBuilder<TurnRecord> builder)
        {
            builder.ToTable("turn");
            builder.HasIndex(row => new { row.SessionId, row.MessageId, row.Revision }).IsUnique();
            builder.HasIndex(row => new { row.SessionId, row.FirstSequence });
            builder.HasOne<Session>().WithMany().HasForeignKey(row => row.SessionId);
        }
    }
}

/// <summary>A message that waits for the running turn to end; the lowest position is next.</summary>
internal sealed class QueuedMessageRecord
{
    public required string SessionId { get; init; }

    public required string MessageId { get; init; }

    public required long Position { get; init; }

    public required string Text { get; set; }

    public required string? UserId { get; init; }

    public required bool ByProgram { get; init; }

    public required long AtMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<QueuedMessageRecord>
    {
        public void Configure(EntityTypeBuilder<QueuedMessageRecord> builder)
        {
            builder.ToTable("queued_message");
            builder.HasKey(row => new { row.SessionId, row.MessageId });
            builder.HasOne<Session>().WithMany().HasForeignKey(row => row.SessionId);
        }
    }
}

/// <summary>What has streamed of the step that is open, saved twice a second: all that a crash leaves of it.</summary>
internal sealed class OpenStepRecord
{
    public required string SessionId { get; init; }

    public required string TurnId { get; init; }

    public required int Step { get; init; }

    public required string ModelId { get; init; }

    public required string KeySource { get; init; }

    /// <summary>The <see cref="OpenPart"/>s so far, as JSON.</summary>
    public required string Parts { get; init; }

    public required long StartedAtMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<OpenStepRecord>
    {
        public void Configure(EntityTypeBuilder<OpenStepRecord> builder)
        {
            builder.ToTable("open_step");
            builder.HasKey(row => row.SessionId);
            builder.HasOne<Session>().WithMany().HasForeignKey(row => row.SessionId);
        }
    }
}

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
