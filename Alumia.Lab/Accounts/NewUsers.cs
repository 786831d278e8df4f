using Microsoft.AspNetCore.Identity;

namespace Alumia.Lab.Accounts;

/// <summary>Checks what a newcomer gave, and makes a user of it that the caller stores together with what else is founded.</summary>
public sealed class NewUsers(UserManager<User> users, TimeProvider clock)
{
    internal const int MaxPassword = 200;

    /// <summary>A user that is not stored yet; refuses an e-mail that is taken and a password that is too short.</summary>
    public async Task<User> PrepareAsync(string email, string password, string name)
    {
        email = email.Trim();
        var user = PrepareWithoutPassword(email, name);
        user.LockoutEnabled = true;
        if (email.Length > 254 || !System.Net.Mail.MailAddress.TryCreate(email, out var parsed) || parsed.Address != email)
            throw Refusal.Invalid("email", "This is not an e-mail address.");
        foreach (var validator in users.UserValidators)
            Check(await validator.ValidateAsync(users, user));
        await CheckPasswordAsync(user, password);
        user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        return user;
    }

    /// <summary>A user without a password: nobody signs in to it by the sign-in page.</summary>
    public User PrepareWithoutPassword(string email, string name) => new()
    {
        Id = Alumia.Lab.Id.New("usr", clock),
        Email = email,
        UserName = email,
        NormalizedEmail = users.NormalizeEmail(email),
        NormalizedUserName = users.NormalizeName(email),
        Name = CheckName(name),
        CreatedAtMs = clock.NowMs(),
    };

    internal static string CheckName(string name) => name.Trim() is { Length: > 0 and <= 100 } trimmed
        ? trimmed : throw Refusal.Invalid("name", "A name has 1 to 100 characters.");

    internal async Task CheckPasswordAsync(User user, string password)
    {
        if (password.Length > MaxPassword)
            throw Refusal.Invalid("password", $"A password has at most {MaxPassword} characters.");
        foreach (var validator in users.PasswordValidators)
            Check(await validator.ValidateAsync(users, user, password));
    }

    private static void Check(IdentityResult result)
    {
        if (result.Succeeded)
            return;
        throw result.Errors.First() switch
        {
            { Code: nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.DuplicateUserName) } =>
                Refusal.Invalid("email", "There is an account with this e-mail already. Sign in instead."),
            { Code: nameof(IdentityErrorDescriber.InvalidEmail) or nameof(IdentityErrorDescriber.InvalidUserName) } =>
                Refusal.Invalid("email", "This is not an e-mail address."),
            { Code: nameof(IdentityErrorDescriber.PasswordTooShort) } =>
                Refusal.Invalid("password", "A password has at least 10 characters."),
            var error => Refusal.Invalid("password", error.Description),
        };
    }
}
