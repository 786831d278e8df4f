using Alumia.Lab.Billing;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>The desk's switch that makes the lab's own work of webhooks fail.</summary>
internal sealed class WebhookFault(OfflineDesk desk) : IWebhookFault
{
    public async Task PassAsync(string stripeEventId, CancellationToken cancellation)
    {
        if (await desk.TakeOneAsync(OfflineSwitches.WebhookWorkFails, cancellation))
            throw new InvalidOperationException("The offline desk makes this work fail.");
    }
}
