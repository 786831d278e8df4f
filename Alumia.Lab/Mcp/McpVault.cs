using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Alumia.Lab.Mcp;

/// <summary>What is secret about a server: its bearer key, and what its address has from the question mark on, where some servers take their keys.</summary>
public sealed record McpSecret(string? Key, string? Query)
{
    /// <summary>Without the secrets, so that no log ever holds them.</summary>
    public override string ToString() => "A secret of an MCP server";
}

/// <summary>Encrypts the secrets of servers. What it made for one server opens for no other.</summary>
public sealed class McpVault(IDataProtectionProvider protection)
{
    private readonly IDataProtector _keys = protection.CreateProtector("Alumia.Lab.Mcp.Keys");

    /// <summary>The secret as it may be stored; null where there is none.</summary>
    public string? Lock(string orgId, string serverId, McpSecret secret) =>
        secret is { Key: null, Query: null } ? null : _keys.CreateProtector(orgId, serverId).Protect(JsonSerializer.Serialize(secret));

    /// <summary>The secret itself.</summary>
    /// <exception cref="McpFault">It cannot be read any more, since the lab's key ring is another one than then.</exception>
    public McpSecret Open(McpServer server)
    {
        try
        {
            return server.Secret is { } secret ? JsonSerializer.Deserialize<McpSecret>(_keys.CreateProtector(server.OrgId, server.Id).Unprotect(secret))! : new McpSecret(null, null);
        }
        catch (CryptographicException exception)
        {
            throw new McpFault("its key cannot be read any more, since the lab's own keys are others than when it was added; remove the server and add it again", exception);
        }
    }
}
