using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;

namespace Alumia.Lab.Storage;

/// <summary>
/// Where the keys to all secrets are: beside SQLite's database in files of their own, or in PostgreSQL, encrypted with a certificate that lies elsewhere:
/// whoever has the database alone has no secret.
/// </summary>
internal static class KeyRing
{
    /// <summary>The setting that names the certificate's file.</summary>
    public const string Certificate = "DataProtection:Certificate";

    /// <exception cref="StartupFault">The certificate is missing in Production, or cannot be used.</exception>
    public static void Add(WebApplicationBuilder builder, StorageOptions options)
    {
        var protection = builder.Services.AddDataProtection().SetApplicationName("Alumia.Lab");
        if (options.Provider == StorageProvider.Sqlite)
        {
            protection.PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.FullDirectory, "keys")));
            return;
        }
        protection.PersistKeysToDbContext<LabDbContext>();
        var certificates = Read(builder.Configuration, builder.Environment, options);
        if (certificates.Length > 0)
            protection.ProtectKeysWithCertificate(certificates[0]).UnprotectKeysWithAnyCertificate(certificates);
    }

    /// <summary>The certificate that encrypts the keys, and then those that did before it; none where there need be none.</summary>
    /// <exception cref="StartupFault">The first is missing in Production, or one cannot be used.</exception>
    internal static X509Certificate2[] Read(IConfiguration configuration, IHostEnvironment environment, StorageOptions options)
    {
        if (options.Provider == StorageProvider.Sqlite)
            return [];
        if (configuration[Certificate] is { Length: > 0 })
            return [.. configuration.GetSection("DataProtection:Former").GetChildren().Prepend(configuration.GetSection("DataProtection")).Select(Load)];
        return !environment.IsProduction()
            ? []
            : throw new StartupFault($"On PostgreSQL the keys to all secrets lie in the database. Set {Certificate} to a certificate with its private key (PFX) that encrypts them, and DataProtection:Password to its password.");
    }

    private static X509Certificate2 Load(IConfigurationSection section)
    {
        var file = section["Certificate"] ?? throw new StartupFault($"{section.Path}:Certificate is missing.");
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(file, section["Password"]);
            return certificate.HasPrivateKey ? certificate : throw new StartupFault($"{section.Path}:Certificate: {file} has no private key.");
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartupFault($"{section.Path}:Certificate: {file} cannot be read: {exception.Message}");
        }
    }
}
