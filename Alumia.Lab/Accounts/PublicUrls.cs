using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Alumia.Lab.Accounts;

/// <summary>
/// Makes the links that leave the lab (mails, invitations, shares, payment returns) from <c>Lab:PublicUrl</c>.
/// In Development the server's own address stands in; the Host header, which anybody can write, never does.
/// </summary>
public sealed class PublicUrls(IConfiguration configuration, IServer server)
{
    /// <summary>Scheme, host and base path, without a slash at the end.</summary>
    public string Base => (Configured(configuration) ?? OwnAddress()).TrimEnd('/');

    /// <summary>The absolute address of a path that begins with a slash.</summary>
    public string To(string path) => Base + path;

    internal static void Require(IConfiguration configuration, IHostEnvironment environment)
    {
        var configured = Configured(configuration);
        if (configured is null && environment.IsDevelopment())
            return;
        if (configured is null)
            throw new StartupFault("Lab:PublicUrl is missing: set it to the address under which people reach this lab, such as https://lab.example.com (environment variable Lab__PublicUrl).");
        if (!Uri.TryCreate(configured, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length + uri.Fragment.Length > 0)
            throw new StartupFault($"Lab:PublicUrl is not an http or https address: {configured}");
    }

    private static string? Configured(IConfiguration configuration) =>
        configuration["Lab:PublicUrl"] is { } url && !string.IsNullOrWhiteSpace(url) ? url.Trim() : null;

    private string OwnAddress()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        return address.Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal).Replace("://*", "://localhost", StringComparison.Ordinal);
    }
}
