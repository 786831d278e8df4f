using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Peers;

public enum PeerMessageKind
{
    /// <summary>Sent with <c>message_agent</c> or <c>spawn_agent</c>.</summary>
    Message,
    /// <summary>Sent with <c>message_agent</c> to a peer whose own message was still to be answered.</summary>
    Reply,
    /// <summary>The text with which a turn ended that a peer's message had asked for.</summary>
    Answer,
    /// <summary>Such a turn ended without an answer.</summary>
    Notice,
}

/// <summary>A message from one session to another of the same project. Each is delivered once: it begins a turn, or <c>check_messages</c> reads it.</summary>
public sealed class PeerMessage : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    public required string ProjectId { get; init; }

    public required string FromSessionId { get; init; }

    public required string FromAgentId { get; init; }

    public required string ToSessionId { get; init; }

    /// <summary>From 1 on, without a gap, for each pair of sender and receiver: the order of delivery.</summary>
    public required long Number { get; init; }

    public required PeerMessageKind Kind { get; init; }

    public required string Text { get; init; }

    /// <summary>On whose behalf: the person whose turn it was.</summary>
    public required string? UserId { get; init; }

    /// <summary>A person wrote it in the agent's place.</summary>
    public bool IsByPerson { get; init; }

    /// <summary>UTC ms.</summary>
    public required long SentAtMs { get; init; }

    /// <summary>UTC ms; null until then.</summary>
    public long? DeliveredAtMs { get; init; }

    /// <summary>The turn of the receiver that it began, or that read it.</summary>
    public string? ReadByTurnId { get; init; }

    /// <summary>When the receiver, having read it, next wrote to the sender (UTC ms).</summary>
    public long? AnsweredAtMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<PeerMessage>
    {
        public void Configure(EntityTypeBuilder<PeerMessage> builder)
        {
            builder.Property(message => message.Kind).HasConversion<string>();
            builder.HasIndex(message => new { message.FromSessionId, message.ToSessionId, message.Number }).IsUnique();
            builder.HasIndex(message => message.ToSessionId).HasFilter("delivered_at_ms IS NULL");
            builder.HasIndex(message => new { message.ToSessionId, message.ReadByTurnId });
            builder.HasIndex(message => new { message.FromSessionId, message.SentAtMs });
            builder.HasIndex(message => new { message.ProjectId, message.SentAtMs });
        }
    }
}
