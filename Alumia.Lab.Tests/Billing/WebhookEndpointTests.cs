using System.Net;
using System.Text;
using Alumia.Lab.Billing;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.Hosting;

namespace Alumia.Lab.Tests.Billing;

/// <summary>The webhook's address itself: open to everybody, bounded, and never a redirect.</summary>
public sealed class WebhookEndpointTests(Tills tills) : IClassFixture<Tills>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_refuses_what_is_not_signed_is_too_large_or_no_POST_and_redirects_nobody()
    {
        var till = await tills.OnAsync(StorageProvider.Sqlite);
        using var client = till.Lab.Client();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html,*/*");
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, "{}", null));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, "{}", "t=1,v1=00"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, "", "nonsense"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(client, new string(' ', 300 * 1024), "t=1,v1=00"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/webhooks/stripe", Ended)).StatusCode); // A person gets the page that nothing is here.
        var signed = await SignedEvents.SignAsync([("evt_nonsense", "[1, 2", Flaw.None), ("evt_null", "null", Flaw.None), ("evt_empty", "{}", Flaw.None)],
            till.Get<StripeAccess>().Required.WebhookSecret, DateTimeOffset.FromUnixTimeMilliseconds(till.Get<TimeProvider>().NowMs()).ToUnixTimeSeconds());
        foreach (var each in signed) // Signed nonsense is nonsense too.
            Assert.Equal((each.Body, HttpStatusCode.BadRequest), (each.Body, await PostAsync(client, each.Body, each.Signature)));
    }

    [Fact]
    public async Task Without_Stripe_configured_there_are_no_deposits_and_it_answers_503()
    {
        await using var lab = await LabHost.StartAsync(new LabHostOptions
        {
            Environment = Environments.Production,
            Settings = new Dictionary<string, string?> { ["Lab:PublicUrl"] = "https://lab.example.com" },
        });
        await using var till = new Till(lab);
        using var client = lab.Client();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(client, "{}", "t=1,v1=00"));
        var scope = await till.FoundAsync("moneyless");
        Assert.Equal(RefusalKind.Unavailable, (await Assert.ThrowsAsync<Refusal>(() => till.BeginAsync(scope))).Kind);
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string body, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        using var answer = await client.SendAsync(request, Ended);
        return answer.StatusCode;
    }
}
