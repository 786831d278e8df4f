using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>What a person answered on the consent page.</summary>
/// <param name="Account">As whom.</param>
/// <param name="Scopes">What was ticked; null for Deny.</param>
internal sealed record ConsentAnswer(string Account, IReadOnlyList<string>? Scopes);

/// <summary>
/// Carries a sign-in and an answer from one page of the provider to the next in their addresses: it keeps no cookie, so that it never meets the
/// lab's own. A ticket fits the one request that it was made for, for a few minutes.
/// </summary>
internal sealed class OAuthTickets(IDataProtectionProvider protection)
{
    private static readonly TimeSpan _lasts = TimeSpan.FromMinutes(15);

    public string SignedIn(string ask, OAuthPerson person) => Protector("sign-in", ask).Protect(person.Email, _lasts);

    /// <summary>Who has signed in for this request; null where nobody has.</summary>
    public OAuthPerson? WhoSignedIn(string ask, string? ticket) => OAuthPerson.Find(Read(Protector("sign-in", ask), ticket));

    public string Answered(string ask, ConsentAnswer answer) => Protector("answer", ask).Protect(JsonSerializer.Serialize(answer), _lasts);

    /// <summary>The answer to this request; null where there is none.</summary>
    public ConsentAnswer? Answer(string ask, string? ticket) => Read(Protector("answer", ask), ticket) is { } json ? JsonSerializer.Deserialize<ConsentAnswer>(json) : null;

    private ITimeLimitedDataProtector Protector(string what, string ask) => protection.CreateProtector("Alumia.Lab.Offline.OAuth", what, ask).ToTimeLimitedDataProtector();

    private static string? Read(ITimeLimitedDataProtector protector, string? ticket)
    {
        try
        {
            return string.IsNullOrEmpty(ticket) ? null : protector.Unprotect(ticket);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
