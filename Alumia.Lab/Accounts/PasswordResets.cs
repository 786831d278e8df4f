using System.Text;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;

namespace Alumia.Lab.Accounts;

/// <summary>
/// One-time links to a new password, good for a day. A link carries the account's security stamp under a signature, and using it makes a new stamp:
/// so it works once, and not after any other change of the password.
/// </summary>
public sealed class PasswordResets(UserManager<User> users, NewUsers newUsers, PublicUrls urls, IMailer mailer, Writer writer)
{
    private const long MailsEveryMs = 60_000;

    /// <summary>Whether a person can have a link sent; else an administrator makes one.</summary>
    public bool ByMail => mailer.IsConfigured;

    /// <summary>Mails a link where there is such an account, at most once a minute; tells the caller nothing either way.</summary>
    public async Task MailAsync(string email, CancellationToken cancellation)
    {
        if (!mailer.IsConfigured || await users.FindByEmailAsync(email.Trim()) is not { PasswordHash: not null } user)
            return;
        var first = await writer.Write(tx => tx.Run(
            "UPDATE lab_user SET reset_mailed_at_ms = @now WHERE id = @id AND reset_mailed_at_ms <= @before",
            ("now", tx.NowMs), ("id", user.Id), ("before", tx.NowMs - MailsEveryMs)) == 1, cancellation);
        if (first)
        {
            mailer.Send(user.Email!, "A new password for Alumia Lab",
                $"Somebody asked for a new password for this account. If it was you, choose one here within a day:\n\n{await LinkAsync(user)}\n\nElse do nothing: the password stays as it is.\n");
        }
    }

    /// <summary>Makes the link for an administrator to hand over. The caller has checked that it is one.</summary>
    internal async Task<(User User, string Link)> MakeAsync(string userId)
    {
        var user = await users.FindByIdAsync(userId) ?? throw Refusal.NotFound("account");
        return (user, await LinkAsync(user));
    }

    /// <summary>Sets the password by a link, opens a closed account again, and ends every session that was open.</summary>
    public async Task ResetAsync(string userId, string token, string password)
    {
        var user = await users.FindByIdAsync(userId) ?? throw Spent();
        await newUsers.CheckPasswordAsync(user, password);
        if (Decode(token) is not { } decoded || !(await users.ResetPasswordAsync(user, decoded, password)).Succeeded)
            throw Spent();
        await users.ResetAccessFailedCountAsync(user);
        await users.SetLockoutEndDateAsync(user, null);
        await writer.Write(tx => tx.Changed($"user:{userId}"));
    }

    private async Task<string> LinkAsync(User user)
    {
        var token = await users.GeneratePasswordResetTokenAsync(user);
        return urls.To($"/reset-password?user={user.Id}&token={WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(token))}");
    }

    private static string? Decode(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static Refusal Spent() => Refusal.Conflict("This link was used already, or is older than a day. Ask for a new one.");
}
