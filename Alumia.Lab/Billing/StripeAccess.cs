using Microsoft.Extensions.Options;
using Stripe;

namespace Alumia.Lab.Billing;

/// <summary>Makes Stripe's clients: for the account of the configuration, else for the stand-in where there is one.</summary>
public sealed class StripeAccess(IOptions<StripeOptions> options, IServiceProvider services) : IDisposable
{
    private static readonly TimeSpan _longestCall = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false }) { Timeout = _longestCall };

    /// <summary>How Stripe is reached; null where it is not configured and has no stand-in.</summary>
    public StripeConnection? Connection => options.Value is { SecretKey.Length: > 0 } configured
        ? new StripeConnection(SourceOf(configured.SecretKey), configured.SecretKey, configured.WebhookSecret,
            new Uri(configured.BaseAddress is { Length: > 0 } address ? address : "https://api.stripe.com"))
        : services.GetService<IStripeStandIn>()?.Connection;

    /// <summary>The same, for a deed that needs it.</summary>
    /// <exception cref="Refusal">Payments are not configured.</exception>
    public StripeConnection Required => Connection
        ?? throw new Refusal(RefusalKind.Unavailable, "Payments are not set up on this lab: its operator has to configure Stripe.");

    /// <summary>A client that asks once: who reads comes again by a plan of its own.</summary>
    public StripeClient Reader() => Make(Required, retries: 0);

    /// <summary>A client for what is made with an idempotency key, which may be sent again at once.</summary>
    public StripeClient Writer() => Make(Required, retries: 2);

    public void Dispose() => _http.Dispose();

    private StripeClient Make(StripeConnection connection, int retries) => new(new StripeClientOptions
    {
        ApiKey = connection.SecretKey,
        ApiBase = connection.Address.ToString().TrimEnd('/'),
        HttpClient = new SystemNetHttpClient(_http, retries, enableTelemetry: false),
    });

    private static MoneySource SourceOf(string key) =>
        key.StartsWith("sk_live_", StringComparison.Ordinal) || key.StartsWith("rk_live_", StringComparison.Ordinal) ? MoneySource.Live : MoneySource.Test;
}
