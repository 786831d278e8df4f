using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Alumia.Lab.Models;

/// <summary>Encrypts the orgs' keys. What it made for one org and provider opens for no other.</summary>
public sealed class KeyVault(IDataProtectionProvider protection)
{
    private readonly IDataProtector _keys = protection.CreateProtector("Alumia.Lab.Models.ProviderKeys");

    /// <summary>The key as it may be stored.</summary>
    public string Lock(string orgId, string provider, string key) => For(orgId, provider).Protect(key);

    /// <summary>The key itself; null where it cannot be read any more, since the lab's key ring is another one than then.</summary>
    public string? Open(ProviderKey row)
    {
        try
        {
            return For(row.OrgId, row.Provider).Unprotect(row.Secret);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector For(string orgId, string provider) => _keys.CreateProtector(orgId, provider);
}
