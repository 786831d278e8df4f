using System.Security.Claims;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Accounts;

/// <summary>
/// The people who run this instance: the e-mails in <c>Administrators</c>. Nobody proves an e-mail at sign-up, so an account with one of
/// these is made only through a set-up link, which the lab prints at its start to whoever runs it.
/// </summary>
public sealed class Administrators(
    IConfiguration configuration, IDataProtectionProvider protection, PublicUrls urls,
    IDbContextFactory<LabDbContext> contexts, ILookupNormalizer normalizer)
{
    private readonly ITimeLimitedDataProtector _setups = protection.CreateProtector("Alumia.Lab.Accounts.Setup").ToTimeLimitedDataProtector();

    public IReadOnlyList<string> Emails => configuration.GetSection("Administrators").Get<string[]>() ?? [];

    public bool Include(string? email) => email is not null && Emails.Contains(email.Trim(), StringComparer.OrdinalIgnoreCase);

    public bool Include(ClaimsPrincipal principal) => Include(principal.UserEmail());

    /// <summary>A link with which the account of this administrator can be made, for seven days.</summary>
    public string SetupLink(string email) =>
        urls.To($"/sign-up?setup={_setups.Protect(email, TimeSpan.FromDays(7))}&email={Uri.EscapeDataString(email)}");

    /// <summary>Whether the token comes from this e-mail's set-up link.</summary>
    public bool IsSetup(string? token, string email)
    {
        try
        {
            return !string.IsNullOrEmpty(token) && string.Equals(_setups.Unprotect(token), email.Trim(), StringComparison.OrdinalIgnoreCase);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The administrators who have no account yet.</summary>
    public async Task<IReadOnlyList<string>> WithoutAccountAsync(CancellationToken cancellation = default)
    {
        await using var db = contexts.CreateDbContext();
        var missing = new List<string>();
        foreach (var email in Emails)
        {
            var normalized = normalizer.NormalizeEmail(email);
            if (!await db.Set<User>().AnyAsync(user => user.NormalizedEmail == normalized, cancellation))
                missing.Add(email);
        }
        return missing;
    }
}

/// <summary>Prints the set-up links once the lab listens. On the console and not in the log: they are a key.</summary>
internal sealed class AdministratorSetup(Administrators administrators, IHostApplicationLifetime lifetime, ILogger<AdministratorSetup> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = PrintAsync());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task PrintAsync()
    {
        try
        {
            foreach (var email in await administrators.WithoutAccountAsync(lifetime.ApplicationStopping))
                Console.WriteLine($"The administrator {email} has no account yet. Make it here: {administrators.SetupLink(email)}");
        }
#pragma warning disable CA1031 // The lab runs without the line too.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.LogWarning(exception, "The administrators' set-up links could not be made");
        }
    }
}
