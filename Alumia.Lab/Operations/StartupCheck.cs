using System.Net.Mail;
using Alumia.Lab.Accounts;
using Alumia.Lab.AiSdk;
using Alumia.Lab.Billing;
using Alumia.Lab.Browser;
using Alumia.Lab.Limits;
using Alumia.Lab.Outbound;
using Alumia.Lab.Peers;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Sessions;
using Alumia.Lab.Sessions.Cluster;
using Alumia.Lab.Storage;
using Alumia.Lab.Web;
using Npgsql;

namespace Alumia.Lab.Operations;

/// <summary>
/// What the lab cannot start without, looked at before anything is: all faults are told at once, a line each. What it can do without is no fault but a finding of
/// the administrators' page.
/// </summary>
public static class StartupCheck
{
    private static readonly (string Section, Type Options)[] _sections =
    [
        ("Storage", typeof(StorageOptions)), ("Outbound", typeof(OutboundOptions)), ("Limits", typeof(LimitOptions)), ("Accounts", typeof(AccountsOptions)), ("Smtp", typeof(SmtpOptions)),
        ("Sessions", typeof(SessionsOptions)), ("Tools:Sandbox", typeof(SandboxOptions)), ("Tools:Browser", typeof(BrowserOptions)), ("Tools:Web", typeof(WebOptions)),
        ("Peers", typeof(PeersOptions)), ("Stripe", typeof(StripeOptions)), ("Chat", typeof(AiSdkOptions)), ("Cluster", typeof(ClusterOptions)),
    ];

    /// <exception cref="StartupFault">Its message has a line for each fault.</exception>
    public static WebApplicationBuilder CheckStart(this WebApplicationBuilder builder)
    {
        var faults = Faults(builder.Configuration, builder.Environment);
        return faults.Count == 0 ? builder : throw new StartupFault(string.Join(Environment.NewLine, faults));
    }

    internal static IReadOnlyList<string> Faults(IConfiguration configuration, IHostEnvironment environment)
    {
        var faults = new List<string>();
        Try(() => PublicUrls.Require(configuration, environment));
        foreach (var (section, options) in _sections)
            Try(() => configuration.GetSection(section).Get(options));
        if (faults.TrueForAll(fault => !fault.Contains("'Storage:", StringComparison.Ordinal)))
        {
            var storage = configuration.GetSection("Storage").Get<StorageOptions>() ?? new();
            Try(() => RequireDatabase(storage));
            Try(() => Array.ForEach(KeyRing.Read(configuration, environment, storage), certificate => certificate.Dispose()));
            if (faults.TrueForAll(fault => !fault.Contains("'Cluster:", StringComparison.Ordinal)))
                Try(() => LabSilo.Check(configuration.GetSection("Cluster").Get<ClusterOptions>() ?? new(), storage));
        }
        Try(() => ForwardedHeadersFilter.Read(configuration));
        Try(() => RequireSender(configuration));
        Try(() => RequireStripe(configuration));
        Try(() => RetentionOptions.Read(configuration));
        Try(() => Logs.IsJson(configuration, environment));
        return faults;

        void Try(Action check)
        {
            try
            {
                check();
            }
            catch (Exception exception) when (exception is StartupFault or InvalidOperationException)
            {
                faults.Add(exception.Message);
            }
        }
    }

    private static void RequireDatabase(StorageOptions storage)
    {
        if (storage.Provider != StorageProvider.Postgres)
            return;
        if (string.IsNullOrWhiteSpace(storage.ConnectionString))
            throw new StartupFault("Storage:ConnectionString is missing: set it to this lab's PostgreSQL database, such as Host=db;Database=lab;Username=lab;Password=... (environment variable Storage__ConnectionString).");
        try
        {
            _ = new NpgsqlConnectionStringBuilder(storage.ConnectionString);
        }
        catch (ArgumentException)
        {
            // What is wrong in it may be the password.
            throw new StartupFault("Storage:ConnectionString cannot be read: it has the form Host=db;Database=lab;Username=lab;Password=...");
        }
    }

    private static void RequireSender(IConfiguration configuration)
    {
        var (host, from) = (configuration["Smtp:Host"], configuration["Smtp:From"]);
        if (!string.IsNullOrWhiteSpace(host) && !MailAddress.TryCreate(from, out _))
            throw new StartupFault("Smtp:From is missing or no address of mail: set it to the sender of the lab's mails (environment variable Smtp__From), or remove Smtp:Host.");
    }

    private static void RequireStripe(IConfiguration configuration)
    {
        var (key, secret) = (configuration["Stripe:SecretKey"] ?? "", configuration["Stripe:WebhookSecret"] ?? "");
        if (key.Length > 0 && !key.StartsWith("sk_", StringComparison.Ordinal) && !key.StartsWith("rk_", StringComparison.Ordinal))
            throw new StartupFault("Stripe:SecretKey is no secret key of Stripe: those begin with sk_ or rk_.");
        if (secret.Length > 0 && !secret.StartsWith("whsec_", StringComparison.Ordinal))
            throw new StartupFault("Stripe:WebhookSecret is no signing secret of Stripe: those begin with whsec_.");
    }
}
