using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Api;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;

namespace Alumia.Lab.Tests.Billing;

/// <summary>The API's billing: what a key reads, and what only a signed-in browser changes.</summary>
public sealed partial class BillingEndpointTests(Tills tills) : IClassFixture<Tills>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_key_reads_the_balance_the_waiver_and_the_transactions(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("reader");
        await till.DepositAsync(scope, 9_000);
        await till.SpendAsync(scope, 9_050);
        using var client = await ApiClient.OfAsync(till.Lab, scope);

        var data = Data(await client.GetAsync("billing"));

        var balance = data.GetProperty("balance");
        Assert.Equal(["balanceCents", "heldCents", "owedCents", "cumulativeDepositsCents", "autoTopupEnabled", "autoTopupThresholdCents", "autoTopupAmountCents"], balance.EnumerateObject().Select(field => field.Name));
        Assert.Equal((0, 0, 50, 9_000, false, 500, 2_500), (Number("balanceCents"), Number("heldCents"), Number("owedCents"), Number("cumulativeDepositsCents"),
            balance.GetProperty("autoTopupEnabled").GetBoolean(), Number("autoTopupThresholdCents"), Number("autoTopupAmountCents")));
        Assert.Equal((true, 1_000), (data.GetProperty("waiver").GetProperty("active").GetBoolean(), data.GetProperty("waiver").GetProperty("remainingCents").GetInt64()));
        Assert.Equal((true, false), (data.GetProperty("configured").GetProperty("deposits").GetBoolean(), data.GetProperty("configured").GetProperty("liveMoney").GetBoolean()));
        Assert.Equal(["take_back", "deposit"], data.GetProperty("recentTransactions").EnumerateArray().Select(line => line.GetProperty("kind").GetString()));
        var paged = await client.AllAsync("billing/transactions", 1);
        Assert.Equal([(-90_500_000L, "Spent"), (90_000_000L, "Deposit")], paged.Select(line => (line.GetProperty("amountMicrocents").GetInt64(), line.GetProperty("about").GetString()!)));

        long Number(string name) => balance.GetProperty(name).GetInt64();
    }

    [Theory, BothProviders]
    public async Task Prices_have_the_fee_in_them_once_the_waiver_is_used_up(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("pricey");
        using var client = await ApiClient.OfAsync(till.Lab, scope);
        var before = await PricesAsync();
        await till.DepositAsync(scope, 10_001);
        var after = await PricesAsync();

        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.Contains(before.Values, price => price.Free);
        Assert.Contains(before.Values, price => !price.Free);
        Assert.All(before, pair => Assert.Equal((pair.Key, pair.Value.Input * 1.055m, pair.Value.Output * 1.055m), (pair.Key, after[pair.Key].Input, after[pair.Key].Output)));
        Assert.All(before.Values, price => Assert.Equal(price.Free, price.Input + price.Output == 0));

        async Task<Dictionary<string, (bool Free, decimal Input, decimal Output)>> PricesAsync() => Data(await client.GetAsync("billing/pricing")).GetProperty("items").EnumerateArray().ToDictionary(
            item => item.GetProperty("id").GetString()!,
            item => (item.GetProperty("free").GetBoolean(), item.GetProperty("inputPerMillion").GetDecimal(), item.GetProperty("outputPerMillion").GetDecimal()));
    }

    [Theory, BothProviders]
    public async Task Spending_names_no_private_project_to_who_may_not_see_it(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var owner = await till.FoundAsync("spender");
        var project = await till.Get<ProjectDirectory>().CreateAsync(owner, new ProjectEdit("Mine") { Visibility = ProjectVisibility.Private }, Ended);
        await till.DepositAsync(owner);
        await till.Get<Writer>().Write(tx =>
        {
            var order = new StepOrder(owner.OrgId, null, "agt_1", project.Id, Id.New("stp", tx.NowMs), null, "groq/model", "groq", default, StepSource.Free);
            LedgerBook.Record(tx, order, new TokenUsage(100, 10, 20), false, StepStop.Finished);
        }, Ended);
        var member = await People.JoinAsync(till.Lab, owner, "spenders-member", OrgRole.Member);
        using var mine = await ApiClient.OfAsync(till.Lab, owner);
        using var theirs = await ApiClient.OfAsync(till.Lab, member);

        Assert.Equal([project.Id], await IdsAsync(mine, "billing/spending/by-project"));
        Assert.Equal([""], await IdsAsync(theirs, "billing/spending/by-project"));
        Assert.Equal(["groq/model"], await IdsAsync(theirs, "billing/spending/by-model"));
        Assert.Equal(["agt_1"], await IdsAsync(theirs, "billing/spending/by-agent"));
        foreach (var address in new[] { "billing", "billing/transactions" })
        {
            Assert.Contains(project.Id, (await mine.GetAsync(address)).Body.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain(project.Id, (await theirs.GetAsync(address)).Body.GetRawText(), StringComparison.Ordinal);
        }
        var usage = Data(await mine.GetAsync("billing")).GetProperty("monthUsage").EnumerateArray().Single();
        Assert.Equal(("free", 100, 10, 20), (usage.GetProperty("source").GetString(), usage.GetProperty("inputTokens").GetInt64(), usage.GetProperty("cachedInputTokens").GetInt64(), usage.GetProperty("outputTokens").GetInt64()));
        var days = Data(await mine.GetAsync("billing/spending")).GetProperty("days").EnumerateArray().ToList();
        Assert.Equal((1, true), (days.Sum(day => day.GetProperty("steps").GetInt32()), days.Count is >= 28 and <= 31));
        foreach (var wrong in new[] { "2026-13", "2026", "x", "1999-12", "2026-1" })
            Assert.Equal((wrong, 422), (wrong, (await mine.GetAsync($"billing/spending?month={wrong}")).Status));

        async Task<List<string?>> IdsAsync(ApiClient client, string address) => [.. Data(await client.GetAsync(address)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString())];
    }

    [Theory, BothProviders]
    public async Task A_browser_begins_a_deposit_and_sets_auto_top_up_and_a_key_does_neither(StorageProvider provider)
    {
        var till = await tills.OnAsync(provider);
        var scope = await till.FoundAsync("clicker");
        using var client = await ApiClient.OfAsync(till.Lab, scope);
        Assert.Equal(403, (await client.PostAsync("billing/deposit", new { amountCents = 2_500 })).Status);
        Assert.Equal(403, (await client.PatchAsync("billing", new { autoTopupThresholdCents = 700 })).Status);
        using var browser = await People.BrowseAsync(till.Lab, "clicker");
        browser.DefaultRequestHeaders.Add("X-Alumia-Org", "clicker");
        Assert.Equal(401, (await SendAsync(browser, HttpMethod.Post, "billing/deposit", new { amountCents = 2_500 })).Status); // Without its antiforgery header.
        browser.DefaultRequestHeaders.Add("RequestVerificationToken", Token().Match(await browser.GetStringAsync("/account", Ended)).Groups["token"].Value);

        var begun = await SendAsync(browser, HttpMethod.Post, "billing/deposit", new { amountCents = 2_500 });

        Assert.Equal(200, begun.Status);
        var deposit = begun.Body.GetProperty("data");
        var row = await till.Deposits.GetAsync(scope, deposit.GetProperty("depositId").GetString()!, Ended);
        Assert.Equal((2_500, row.SessionId), (row.AmountCents, deposit.GetProperty("sessionId").GetString()));
        Assert.EndsWith($"/offline/stripe/pay/{row.SessionId}", deposit.GetProperty("url").GetString(), StringComparison.Ordinal);
        foreach (var (body, status) in new (object, int)[] { (new { amountCents = 499 }, 422), (new { amountCents = -5 }, 422), (new { amountCents = "25" }, 400), (new { }, 422) })
            Assert.Equal((body.ToString(), status), (body.ToString(), (await SendAsync(browser, HttpMethod.Post, "billing/deposit", body)).Status));
        var changed = await SendAsync(browser, HttpMethod.Patch, "billing", new { autoTopupThresholdCents = 700, autoTopupMonthlyCapCents = 5_000 });
        Assert.Equal((200, 700, 5_000), (changed.Status, changed.Body.GetProperty("data").GetProperty("balance").GetProperty("autoTopupThresholdCents").GetInt32(),
            changed.Body.GetProperty("data").GetProperty("autoTopup").GetProperty("monthlyCapCents").GetInt32()));
        Assert.Equal(409, (await SendAsync(browser, HttpMethod.Patch, "billing", new { autoTopupEnabled = true })).Status);
    }

    private static JsonElement Data((int Status, JsonElement Body) answer)
    {
        Assert.Equal((200, true), (answer.Status, answer.Body.GetProperty("success").GetBoolean()));
        return answer.Body.GetProperty("data");
    }

    private static async Task<(int Status, JsonElement Body)> SendAsync(HttpClient browser, HttpMethod method, string address, object body)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{address}") { Content = JsonContent.Create(body) };
        using var answer = await browser.SendAsync(request, Ended);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Ended));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
