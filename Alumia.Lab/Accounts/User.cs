using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Accounts;

/// <summary>A person's account. The e-mail is the sign-in name and does not change.</summary>
public sealed class User : IdentityUser
{
    /// <summary>How the person is shown to others.</summary>
    public required string Name { get; set; }

    public required long CreatedAtMs { get; init; }

    /// <summary>When the last mail with a reset link was sent, so that nobody's mailbox can be flooded.</summary>
    public long ResetMailedAtMs { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<User>
    {
        public void Configure(EntityTypeBuilder<User> builder)
        {
            builder.ToTable("lab_user"); // "user" is a reserved word in PostgreSQL.
            builder.Ignore(user => user.PhoneNumber).Ignore(user => user.PhoneNumberConfirmed).Ignore(user => user.TwoFactorEnabled);
            builder.HasIndex(user => user.NormalizedEmail).IsUnique();
            builder.HasIndex(user => user.NormalizedUserName).IsUnique();
            builder.Property(user => user.ConcurrencyStamp).IsConcurrencyToken();
            builder.Property(user => user.LockoutEnd).HasColumnName("lockout_end_at_ms").HasConversion(
                time => time!.Value.ToUnixTimeMilliseconds(), ms => DateTimeOffset.FromUnixTimeMilliseconds(ms));
        }
    }
}
