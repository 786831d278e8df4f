using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Alumia.Lab.Mcp;

/// <summary>Encrypts the bearer keys of servers. What it made for one server opens for no other.</summary>
public sealed class McpVault(IDataProtectionProvider protection)
{
    private readonly IDataProtector _keys = protection.CreateProtector("Alumia.Lab.Mcp.Keys");

    /// <summary>The key as it may be stored.</summary>
    public string Lock(string orgId, string serverId, string key) => _keys.CreateProtector(orgId, serverId).Protect(key);

    /// <summary>The key itself; null where the server has none.</summary>
    /// <exception cref="McpFault">It cannot be read any more, since the lab's key ring is another one than then.</exception>
    public string? Open(McpServer server)
    {
        try
        {
            return server.Secret is { } secret ? _keys.CreateProtector(server.OrgId, server.Id).Unprotect(secret) : null;
        }
        catch (CryptographicException exception)
        {
            throw new McpFault("its key cannot be read any more, since the lab's own keys are others than when it was added; remove the server and add it again", exception);
        }
    }
}
