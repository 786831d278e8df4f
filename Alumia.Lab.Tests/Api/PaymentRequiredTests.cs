using System.Net;
using Alumia.Lab.Ledger;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.OpenAi;
using Alumia.Lab.Tests.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Alumia.Lab.Tests.AiSdk.ChatClient;

namespace Alumia.Lab.Tests.Api;

/// <summary>The document's 402 over the API, to the letter.</summary>
public sealed class PaymentRequiredTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private const string Paid = "openai/gpt-5.5", Free = "groq/llama-3.1-8b-instant";
    private const string Envelope = """{"error":{"code":"PAYMENT_REQUIRED","message":"Add funds to your billing balance before running paid models."}}""";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_paid_model_on_an_empty_balance_is_402_before_anything_streams_and_nothing_is_stored(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        foreach (var accept in new[] { null, "application/json" })
        {
            using var refused = await client.PostAsync(new { id = "talk", model = Paid, messages = new[] { User("[[say Now]] Hi", "m1") } }, accept);
            Assert.Equal((HttpStatusCode.PaymentRequired, Envelope), (refused.StatusCode, await refused.Content.ReadAsStringAsync(Ended)));
            Assert.Equal("application/json", refused.Content.Headers.ContentType!.MediaType);
        }
        await using (var db = bench.Lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext())
            Assert.False(await db.Set<Session>().AnyAsync(session => session.OrgId == bench.Scope.OrgId && session.ClientName == "talk", Ended));
        var (_, free) = await client.AskAsync(new { model = Free, messages = new[] { User("[[say For nothing]] Hi", "m1") } });
        Assert.Equal("For nothing", TextOf(free));

        await CreditAsync(bench, Money.Dollar);
        var (session, parts) = await client.AskAsync(new { id = "talk", model = Paid, messages = new[] { User("[[say Now]] Hi", "m1") } });
        var (again, replay) = await client.AskAsync(new { id = "talk", model = Paid, messages = new[] { User("[[say Now]] Hi", "m1") } });

        Assert.Equal(("Now", "Now", session), (TextOf(parts), TextOf(replay), again));
        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
        var used = Assert.Single(await bench.EventsAsync<UsageRecorded>(session)).Money!.Used;
        Assert.Equal(Money.Dollar - used, (await bench.Lab.Services.GetRequiredService<Balances>().OfAsync(bench.Scope, Ended)).Balance);
    }

    [Theory, BothProviders]
    public async Task A_stream_that_flows_ends_with_the_envelope_and_the_same_message_attaches_when_money_has_come(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        using var client = await OfAsync(bench.Lab, bench.Scope);
        await CreditAsync(bench, 4 * Money.Cent);
        var body = new { id = "talk", model = Paid, messages = new[] { User("[[long 9000]]", "m1") } };
        var (session, parts) = await client.AskAsync(body);

        Assert.Equal(["error", "finish"], parts[^2..].Select(part => part.Type));
        Assert.Equal((Envelope, "error"), (parts[^2]["errorText"], parts[^1]["finishReason"]));
        Assert.Equal(SessionStatus.PaymentRequired, await bench.StatusAsync(session));
        using (var refused = await client.PostAsync(body))
            Assert.Equal((HttpStatusCode.PaymentRequired, Envelope), (refused.StatusCode, await refused.Content.ReadAsStringAsync(Ended)));

        await CreditAsync(bench, 10 * Money.Dollar);
        await bench.UntilAsync(session, SessionStatus.Idle);
        var (same, whole) = await client.AskAsync(body);

        Assert.Equal((session, "stop"), (same, whole[^1]["finishReason"]));
        Assert.StartsWith(TextOf(parts), TextOf(whole), StringComparison.Ordinal);
        Assert.Single(await bench.EventsAsync<TurnStarted>(session));
    }

    [Theory, BothProviders]
    public async Task The_OpenAI_door_says_402_in_its_own_shape_and_charges_what_it_passes_on(StorageProvider provider)
    {
        var bench = await labs.NewOrgAsync(provider);
        using var door = await Door.OfAsync(bench.Lab, bench.Scope);
        using (var refused = await door.AskAsync(Paid, "[[say Now]]"))
            Assert.Equal((402, "insufficient_quota", null, "payment_required", "Add funds to your billing balance before running paid models."), await Door.ErrorAsync(refused));
        using (var free = await door.AskAsync(Free, "[[say Now]]"))
            Assert.Equal(HttpStatusCode.OK, free.StatusCode);

        await CreditAsync(bench, Money.Dollar);
        using (var answer = await door.AskAsync(Paid, "[[say Now]]"))
            Assert.Equal("Now", (await Door.JsonAsync(answer)).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());

        var balance = await bench.Lab.Services.GetRequiredService<Balances>().OfAsync(bench.Scope, Ended);
        Assert.InRange(balance.Balance, Money.Dollar - Money.Cent, Money.Dollar - 1);
        Assert.Equal(0, balance.Held);
    }

    private static Task CreditAsync(Bench bench, long microcents) =>
        bench.WriteAsync(tx => LedgerBook.Credit(tx, bench.Scope.OrgId, microcents, $"deposit:{Guid.NewGuid():N}", "Deposit"));
}
