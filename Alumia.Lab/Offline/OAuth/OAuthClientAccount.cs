using System.Security.Cryptography;
using System.Text;
using Alumia.Lab.Accounts;
using Alumia.Lab.Connectors;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>The lab as a client of the stand-in provider. The secret is this process's own: its token endpoint is called by nobody else.</summary>
internal sealed class OAuthClientAccount(PublicUrls urls)
{
    public OAuthClient Client { get; } = new("alumia-lab", $"offline-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}");

    /// <summary>Where the provider sends people back.</summary>
    public string RedirectUri => urls.To("/connectors/callback");

    /// <summary>Whether that is the way back: also by another of this machine's names, if the person came by it.</summary>
    public bool IsRedirectUri(string? address) => address == RedirectUri
        || (Uri.TryCreate(address, UriKind.Absolute, out var asked) && new Uri(RedirectUri) is var ours && asked.IsLoopback && ours.IsLoopback && (asked.Port, asked.PathAndQuery) == (ours.Port, ours.PathAndQuery));

    public bool HasSecret(string? id, string? secret) =>
        id == Client.Id && secret is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Client.Secret));
}
