using Alumia.Lab.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Organizations;

/// <summary>One person's place in one org.</summary>
public sealed class Member : IOrgOwned
{
    public required string OrgId { get; init; }

    public required string UserId { get; init; }

    public required OrgRole Role { get; set; }

    public required long JoinedAtMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<Member>
    {
        public void Configure(EntityTypeBuilder<Member> builder)
        {
            builder.HasKey(member => new { member.OrgId, member.UserId });
            builder.HasIndex(member => member.UserId);
            builder.Property(member => member.Role).HasConversion<string>();
            builder.HasOne<Org>().WithMany().HasForeignKey(member => member.OrgId);
            builder.HasOne<User>().WithMany().HasForeignKey(member => member.UserId);
        }
    }
}
