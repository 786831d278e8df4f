using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Alumia.Lab.Tests.Harness;

/// <summary>Certificates of the tests' own.</summary>
public static class Certificates
{
    /// <summary>Writes one with its private key, as an operator would for the key ring.</summary>
    /// <returns>The file's path.</returns>
    public static string Write(string folder, string password)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=lab", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var file = Path.Combine(folder, "lab.pfx");
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, password));
        return file;
    }
}
