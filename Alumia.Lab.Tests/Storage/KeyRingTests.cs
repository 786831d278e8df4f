using System.Security.Cryptography;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Storage;

/// <summary>On PostgreSQL the keys to all secrets are in the database, and are worth nothing without the certificate.</summary>
public sealed class KeyRingTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_ring_is_encrypted_with_the_certificate_and_every_copy_that_has_it_reads_the_same_secrets()
    {
        using var folder = new TempFolder();
        var connection = await (await PostgresServer.CurrentAsync()).NewLabDatabaseAsync();
        var settings = Settings(connection, Certificates.Write(folder.Path, "pass"), "pass");
        await using var one = Lab("Production", settings);
        var secret = one.Services.GetDataProtector("test").Protect("a secret");

        await using var other = Lab("Production", settings);
        Assert.Equal("a secret", other.Services.GetDataProtector("test").Unprotect(secret));
        await using var db = one.Services.GetRequiredService<LabDbContexts>().CreateDbContext();
        var ring = Assert.Single(await db.DataProtectionKeys.Select(key => key.Xml).ToListAsync(Ended))!;
        Assert.Contains("EncryptedData", ring, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", ring, StringComparison.Ordinal);

        // A new certificate, and the one that was before it: nothing is lost.
        using var next = new TempFolder();
        var renewed = Settings(connection, Certificates.Write(next.Path, "another"), "another");
        await using var careless = Lab("Production", renewed);
        Assert.Throws<CryptographicException>(() => careless.Services.GetDataProtector("test").Unprotect(secret));
        (renewed["DataProtection:Former:0:Certificate"], renewed["DataProtection:Former:0:Password"]) = (settings["DataProtection:Certificate"], "pass");
        await using var rotated = Lab("Production", renewed);
        Assert.Equal("a secret", rotated.Services.GetDataProtector("test").Unprotect(secret));

        await using var thief = Lab("Development", Settings(connection, null, null));
        Assert.Throws<CryptographicException>(() => thief.Services.GetDataProtector("test").Unprotect(secret));
    }

    [Fact]
    public void Production_does_not_begin_without_the_certificate_nor_with_one_that_cannot_be_used()
    {
        using var folder = new TempFolder();
        var file = Certificates.Write(folder.Path, "pass");
        Assert.StartsWith("On PostgreSQL the keys to all secrets lie in the database. Set DataProtection:Certificate", Fault(null, null), StringComparison.Ordinal);
        Assert.StartsWith($"DataProtection:Certificate: {file} cannot be read", Fault(file, "wrong"), StringComparison.Ordinal);
        Assert.StartsWith("DataProtection:Certificate: /none.pfx cannot be read", Fault("/none.pfx", null), StringComparison.Ordinal);

        static string Fault(string? certificate, string? password) =>
            Assert.Throws<StartupFault>(() => Lab("Production", Settings("Host=nowhere", certificate, password))).Message;
    }

    private static Dictionary<string, string?> Settings(string connection, string? certificate, string? password) => new()
    {
        ["Storage:Provider"] = "Postgres",
        ["Storage:ConnectionString"] = connection,
        ["DataProtection:Certificate"] = certificate,
        ["DataProtection:Password"] = password,
    };

    /// <summary>The room Storage alone.</summary>
    private static WebApplication Lab(string environment, Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddStorage();
        return builder.Build();
    }
}
