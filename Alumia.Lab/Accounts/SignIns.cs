using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;

namespace Alumia.Lab.Accounts;

/// <summary>Signing in and out, and what a person changes of their own account. Lives in a request: it writes cookies.</summary>
public sealed class SignIns(
    SignInManager<User> signIns, UserManager<User> users, NewUsers newUsers, Writer writer, AuthenticationStateProvider authentication)
{
    /// <summary>The one answer to a failed sign-in: it tells nothing of whether there is such an account.</summary>
    public const string Refused = "E-mail and password do not match. After five failures an account is closed for ten minutes.";

    // Verified where there is nothing to verify, so that an unknown e-mail takes as long as a known one.
    private static readonly string DecoyHash = new PasswordHasher<User>().HashPassword(null!, Guid.NewGuid().ToString());

    /// <summary>True when the person is signed in from now on.</summary>
    public async Task<bool> WithPasswordAsync(string email, string password)
    {
        var user = password.Length > NewUsers.MaxPassword ? null : await users.FindByEmailAsync(email.Trim());
        if (user is { PasswordHash: not null } && !await users.IsLockedOutAsync(user))
            return (await signIns.PasswordSignInAsync(user, password, isPersistent: true, lockoutOnFailure: true)).Succeeded;
        users.PasswordHasher.VerifyHashedPassword(null!, DecoyHash, password.Length > NewUsers.MaxPassword ? "" : password);
        return false;
    }

    /// <summary>Signs in without a password: the person has just made the account, or is the demo's.</summary>
    public Task AsAsync(User user) => signIns.SignInAsync(user, isPersistent: true);

    public Task OutAsync() => signIns.SignOutAsync();

    /// <summary>Ends every session of this person, on every device and in open pages, this one included.</summary>
    public async Task OutEverywhereAsync(string userId)
    {
        await users.UpdateSecurityStampAsync(await FindAsync(userId));
        await TellAsync(userId);
        await signIns.SignOutAsync();
    }

    /// <summary>Changes the password and ends every other session.</summary>
    public async Task ChangePasswordAsync(string userId, string current, string next)
    {
        var user = await FindAsync(userId);
        if (!(await signIns.CheckPasswordSignInAsync(user, current, lockoutOnFailure: true)).Succeeded)
            throw Refusal.Invalid("current", "The current password does not match. After five failures the account is closed for ten minutes.");
        await newUsers.CheckPasswordAsync(user, next);
        var result = await users.ChangePasswordAsync(user, current, next);
        if (!result.Succeeded)
            throw Refusal.Conflict("The account was changed at the same moment. Try again.");
        await TellAsync(userId);
        await signIns.RefreshSignInAsync(user);
    }

    public async Task RenameAsync(string userId, string name)
    {
        var user = await FindAsync(userId);
        user.Name = NewUsers.CheckName(name);
        if (!(await users.UpdateAsync(user)).Succeeded)
            throw Refusal.Conflict("The account was changed at the same moment. Try again.");
        await TellAsync(userId);
        await signIns.RefreshSignInAsync(user);
    }

    private async Task<User> FindAsync(string userId) => await users.FindByIdAsync(userId) ?? throw Refusal.NotFound("account");

    private Task TellAsync(string userId)
    {
        (authentication as LabAuthenticationStateProvider)?.Rest();
        return writer.Write(tx => tx.Changed($"user:{userId}"));
    }
}
