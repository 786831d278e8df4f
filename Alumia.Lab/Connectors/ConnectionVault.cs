using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Alumia.Lab.Connectors;

/// <summary>What proves a connection to its service: tokens, or a key.</summary>
/// <param name="Token">The access token, or the API key.</param>
/// <param name="Refresh">The refresh token; null where there is none.</param>
public sealed record Credential(string Token, string? Refresh = null)
{
    /// <summary>Without what is secret, so that no log ever holds it.</summary>
    public override string ToString() => "A credential";
}

/// <summary>Encrypts credentials. What it made for one org's connection opens for no other.</summary>
public sealed class ConnectionVault(IDataProtectionProvider protection)
{
    private readonly IDataProtector _credentials = protection.CreateProtector("Alumia.Lab.Connectors.Credentials");

    /// <summary>The credential as it may be stored.</summary>
    public string Lock(string orgId, string connectionId, Credential credential) => For(orgId, connectionId).Protect(JsonSerializer.Serialize(credential));

    /// <summary>The credential itself; null where there is none, or it cannot be read any more since the lab's key ring is another one than then.</summary>
    public Credential? Open(Connection connection) => Open(connection.OrgId, connection.Id, connection.Secret);

    internal Credential? Open(string orgId, string connectionId, string secret)
    {
        if (secret.Length == 0)
            return null;
        try
        {
            return JsonSerializer.Deserialize<Credential>(For(orgId, connectionId).Unprotect(secret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector For(string orgId, string connectionId) => _credentials.CreateProtector(orgId, connectionId);
}
