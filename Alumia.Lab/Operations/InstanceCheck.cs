using Alumia.Lab.Accounts;
using Alumia.Lab.Billing;
using Alumia.Lab.Browser;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sandbox;
using Alumia.Lab.Storage;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Operations;

/// <summary>Names what is not configured here, or missing on the machine, so that an administrator meets it before people do.</summary>
internal sealed class InstanceCheck(
    IConfiguration configuration, IHostEnvironment environment, IOptions<StripeOptions> stripe, IOptions<BrowserOptions> browser, IOptions<SmtpOptions> mail,
    IOptions<StorageOptions> storage, ModelCatalogue catalogue, ModelRouter router, SandboxSupport sandbox, PublicUrls urls, IHttpClientFactory clients) : IInstanceCheck
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<InstanceFinding>> LookAsync(CancellationToken cancellation)
    {
        var found = await Task.WhenAll(AddressAsync(cancellation), SandboxAsync(cancellation));
        return [.. found.Append(Chromium()).Append(Payments()).Append(Mail()).Append(Keys()).Append(Certificate()).OfType<InstanceFinding>()];
    }

    private async Task<InstanceFinding?> AddressAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_patience);
        try
        {
            using var client = clients.CreateClient();
            using var answer = await client.GetAsync(new Uri(urls.To("/healthz/live")), limit.Token);
            return answer.IsSuccessStatusCode ? null : Wrong($"{urls.Base} answers {(int)answer.StatusCode}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return Wrong($"{urls.Base} does not answer from here: {(exception is HttpRequestException ? exception.Message : "it took more than 5 s")}.");
        }

        static InstanceFinding Wrong(string what) =>
            new(what, "Links in mails, invitations, shared canvases and payments lead there. Set Lab:PublicUrl to the address under which people reach the lab; where this machine alone cannot reach it, nothing is wrong.");
    }

    private async Task<InstanceFinding?> SandboxAsync(CancellationToken cancellation)
    {
        try
        {
            await sandbox.GetAsync(cancellation);
            return null;
        }
        catch (Refusal refusal)
        {
            return new("Agents cannot run commands.", refusal.Message);
        }
    }

    private InstanceFinding? Chromium()
    {
        try
        {
            Browser.Chromium.Find(browser.Value);
            return null;
        }
        catch (BrowserException exception)
        {
            return new("Agents cannot browse.", exception.Message);
        }
    }

    private InstanceFinding? Payments() => stripe.Value switch
    {
        { SecretKey.Length: 0 } => environment.IsDevelopment() ? null : new("Nobody can add funds.", "Set Stripe:SecretKey and Stripe:WebhookSecret."),
        { WebhookSecret.Length: 0 } => new("Stripe's webhooks are refused.", $"Set Stripe:WebhookSecret to the signing secret of the endpoint {urls.To("/webhooks/stripe")}. Until then deposits are credited when people return, and by asking Stripe."),
        _ => null,
    };

    private InstanceFinding? Mail() =>
        mail.Value.Host.Length > 0 ? null : new("Forgotten passwords send no mail.", "Set Smtp:Host, or make reset links on this page.");

    private InstanceFinding? Keys() =>
        environment.IsDevelopment() || catalogue.Providers.Any(router.CanReach)
            ? null : new("No provider of models has a key.", "Set Providers:<slug>:ApiKey for one at least; organizations can bring their own keys meanwhile.");

    private InstanceFinding? Certificate() =>
        storage.Value.Provider != StorageProvider.Postgres || configuration[KeyRing.Certificate] is { Length: > 0 }
            ? null : new("The keys to all secrets lie in the database as they are.", $"Set {KeyRing.Certificate} to a certificate that encrypts them.");
}
