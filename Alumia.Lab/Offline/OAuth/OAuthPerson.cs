namespace Alumia.Lab.Offline.OAuth;

/// <summary>Somebody who has an account at the stand-in provider: one account for its mailbox, calendar and repository.</summary>
/// <param name="Email">The account.</param>
/// <param name="Name">As the provider shows it.</param>
/// <param name="Login">The name at the stand-in for GitHub.</param>
internal sealed record OAuthPerson(string Email, string Name, string Login)
{
    public static IReadOnlyList<OAuthPerson> All { get; } =
    [
        new("ada@offline.example", "Ada Lovelace", "ada"),
        new("grace@offline.example", "Grace Hopper", "grace"),
    ];

    public static OAuthPerson? Find(string? email) => All.FirstOrDefault(person => person.Email.Equals(email?.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>The password, which tells how often it was changed; the sign-in page shows it.</summary>
    public string Password(long version) => $"{Login}-password-{version}";
}
