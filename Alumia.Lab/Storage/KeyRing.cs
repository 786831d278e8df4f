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
        if (builder.Configuration[Certificate] is { Length: > 0 } file)
            protection.ProtectKeysWithCertificate(Load(file, builder.Configuration["DataProtection:Password"]));
        else
            Require(builder.Configuration, builder.Environment, options);
    }

    /// <exception cref="StartupFault">There is no certificate, and there has to be one.</exception>
    internal static void Require(IConfiguration configuration, IHostEnvironment environment, StorageOptions options)
    {
        if (options.Provider == StorageProvider.Postgres && environment.IsProduction() && string.IsNullOrEmpty(configuration[Certificate]))
            throw new StartupFault($"On PostgreSQL the keys to all secrets lie in the database. Set {Certificate} to a certificate with its private key (PFX) that encrypts them, and DataProtection:Password to its password.");
    }

    private static X509Certificate2 Load(string file, string? password)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(file, password);
            return certificate.HasPrivateKey ? certificate : throw new StartupFault($"{Certificate}: {file} has no private key.");
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartupFault($"{Certificate}: {file} cannot be read: {exception.Message}");
        }
    }
}
