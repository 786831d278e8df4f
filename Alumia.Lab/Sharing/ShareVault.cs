using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Alumia.Lab.Sharing;

/// <summary>Encrypts tokens, so that the dialog can show a link again. What it made for one org and project opens for no other.</summary>
internal sealed class ShareVault(IDataProtectionProvider protection)
{
    private readonly IDataProtector _links = protection.CreateProtector("Alumia.Lab.Sharing.Links");

    public string Lock(string orgId, string projectId, string token) => For(orgId, projectId).Protect(token);

    /// <summary>The token; null where it is erased, or the lab's key ring is another one than then.</summary>
    public string? Open(ShareLink link)
    {
        try
        {
            return link.Secret is { } secret ? For(link.OrgId, link.ProjectId).Unprotect(secret) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector For(string orgId, string projectId) => _links.CreateProtector(orgId, projectId);
}
