using Alumia.Lab.Offline.Services;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>An account at the stand-in provider that somebody has signed in to.</summary>
public sealed class OAuthAccount
{
    public required string Email { get; init; }

    /// <summary>Counts the passwords: a grant holds for the one that it was given under.</summary>
    public long PasswordVersion { get; set; } = 1;

    /// <summary>Opens the account where nobody has used it yet, with what its services hold from the beginning.</summary>
    internal static OAuthAccount Open(Tx tx, OAuthPerson person)
    {
        // Of two that open it at once, the second waits for the first and fills nothing.
        if (tx.Run("INSERT INTO offline_oauth_account (email, password_version) VALUES (@email, 1) ON CONFLICT DO NOTHING", ("email", person.Email)) == 1)
            Seeds.Fill(tx, person);
        return Locked(tx, person.Email)!;
    }

    /// <summary>The account, to be changed or relied on in this transaction; null where nobody has signed in to it.</summary>
    internal static OAuthAccount? Locked(Tx tx, string email)
    {
        tx.One("SELECT email FROM offline_oauth_account WHERE email = @email" + tx.ForUpdate, row => row.GetString(0), ("email", email));
        return tx.Db.Find<OAuthAccount>(email);
    }

    private sealed class Configuration : IEntityTypeConfiguration<OAuthAccount>
    {
        public void Configure(EntityTypeBuilder<OAuthAccount> builder) => builder.ToTable("offline_oauth_account").HasKey(account => account.Email);
    }
}
