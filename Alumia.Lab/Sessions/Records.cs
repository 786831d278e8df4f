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
