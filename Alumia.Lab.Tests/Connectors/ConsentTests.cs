using System.Net;
using System.Net.Http.Json;
using System.Web;
using Alumia.Lab.Connectors;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>The way to a consent and back, against a provider that is none of ours.</summary>
[Collection(OAuthLabs.Name)]
public sealed class ConsentTests(OAuthLabs labs)
{
    private const string Good = "Connected. You can close this tab.";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_consent_connects_with_PKCE_and_what_was_granted_is_shown(StorageProvider storage)
    {
        var home = await labs.OnAsync(storage);
        var ada = await home.FoundAsync("ada");
        var address = await ada.BeginAsync();
        var query = HttpUtility.ParseQueryString(address.Query);
        Assert.Equal(("S256", "code", "mail.read", "the-lab"), (query["code_challenge_method"], query["response_type"], query["scope"], query["client_id"]));
        Assert.Equal(new Uri(home.Lab.Address, "connectors/callback").ToString(), query["redirect_uri"]);
        Assert.Equal(43, query["code_challenge"]!.Length);
        Assert.Equal((ConnectionStatus.Connecting, ""), ((await ada.LineAsync()).Status, (await ada.LineAsync()).Account));
        var verifiers = (await home.Provider.SeenAsync()).Verifiers;

        Assert.Equal(Good, await ada.ReturnAsync(await OAuthLab.Person.ConsentAsync(address)));

        var line = await ada.LineAsync();
        Assert.Equal((ConnectionStatus.Connected, "ada@oidc.example", "ada"), (line.Status, line.Account, line.OwnerName));
        Assert.Equal(["mail.read"], line.Scopes);
        Assert.NotNull(line.WorkedAtMs);
        Assert.Equal(verifiers + 1, (await home.Provider.SeenAsync()).Verifiers);
        Assert.True(((Access.Answered)await home.CallAsync(line.Id)).Response.IsSuccessStatusCode);
        await using var db = home.Get<IDbContextFactory<LabDbContext>>().CreateDbContext();
        var secret = (await db.Set<Connection>().SingleAsync(row => row.OrgId == ada.Scope.OrgId, Ended)).Secret;
        Assert.All((await home.Provider.SeenAsync()).Secrets, token => Assert.DoesNotContain(token, secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_state_is_good_once_for_the_one_who_began_and_only_as_it_was_given_out()
    {
        var home = await labs.OnAsync();
        var (ben, bea) = (await home.FoundAsync("ben"), await home.FoundAsync("bea"));
        var back = await OAuthLab.Person.ConsentAsync(await ben.BeginAsync());

        var tampered = new Uri(back.ToString().Replace("state=", "state=x", StringComparison.Ordinal));
        Assert.StartsWith("This address is no answer", await ben.ReturnAsync(tampered), StringComparison.Ordinal);
        Assert.StartsWith("Somebody else began this connection.", await bea.ReturnAsync(back), StringComparison.Ordinal);
        using (var nobody = home.Lab.Client())
            Assert.StartsWith("Nobody is signed in", await (ben with { Browser = nobody }).ReturnAsync(back), StringComparison.Ordinal);
        // Ben himself, in another browser than the one in which he began: his, and spent by it.
        Assert.Equal(ConnectionStatus.Connecting, (await ben.LineAsync()).Status);
        Assert.Empty(await home.Connections.ListAsync(bea.Scope, Ended));

        Assert.Equal(Good, await ben.ReturnAsync(back));
        Assert.StartsWith("This answer of the consent was used already.", await ben.ReturnAsync(back), StringComparison.Ordinal);
        Assert.Equal(ConnectionStatus.Connected, (await ben.LineAsync()).Status);
    }

    [Fact]
    public async Task An_answer_in_another_browser_of_the_same_person_is_refused_and_spent()
    {
        var home = await labs.OnAsync();
        var cora = await home.FoundAsync("cora");
        var back = await OAuthLab.Person.ConsentAsync(await cora.BeginAsync());
        var elsewhere = cora with { Browser = await Stories.People.BrowseAsync(home.Lab, "cora") };
        Assert.StartsWith("This answer of Tidbox does not belong to this browser", await elsewhere.ReturnAsync(back), StringComparison.Ordinal);
        Assert.StartsWith("This answer of the consent was used already.", await cora.ReturnAsync(back), StringComparison.Ordinal);
        Assert.Empty(await home.Connections.ListAsync(cora.Scope, Ended));
    }

    [Fact]
    public async Task A_code_that_was_used_already_connects_nobody_a_second_time()
    {
        var home = await labs.OnAsync();
        var (dan, eve) = (await home.FoundAsync("dan"), await home.FoundAsync("eve"));
        var back = await OAuthLab.Person.ConsentAsync(await dan.BeginAsync());
        Assert.Equal(Good, await dan.ReturnAsync(back));

        var (old, fresh) = (HttpUtility.ParseQueryString(back.Query), HttpUtility.ParseQueryString((await eve.BeginAsync()).Query));
        var mixed = new Uri(home.Lab.Address, $"connectors/callback?code={old["code"]}&iss={Uri.EscapeDataString(old["iss"]!)}&state={Uri.EscapeDataString(fresh["state"]!)}");
        Assert.Contains("did not take the answer of the consent", await eve.ReturnAsync(mixed), StringComparison.Ordinal);
        Assert.Empty(await home.Connections.ListAsync(eve.Scope, Ended));
    }

    [Fact]
    public async Task A_denied_consent_grants_nothing_and_leaves_what_was_there()
    {
        var home = await labs.OnAsync();
        var fay = await home.FoundAsync("fay");
        await home.Provider.SteerAsync(new { deny = true });
        Assert.Equal("The consent was denied at Tidbox: nothing was granted, and all is as it was.", await fay.ConnectAsync());
        Assert.Empty(await home.Connections.ListAsync(fay.Scope, Ended));
        Assert.StartsWith("The consent was denied", (await fay.NewsAsync()).Outcome, StringComparison.Ordinal);

        await home.Provider.SteerAsync(new { deny = false });
        Assert.Equal(Good, await fay.ConnectAsync());
        await home.Provider.SteerAsync(new { deny = true });
        Assert.StartsWith("The consent was denied", await fay.ConnectAsync((await fay.LineAsync()).Id), StringComparison.Ordinal);
        Assert.Equal((ConnectionStatus.Connected, "ada@oidc.example"), ((await fay.LineAsync()).Status, (await fay.LineAsync()).Account));
        Assert.IsType<Access.Answered>(await home.CallAsync((await fay.LineAsync()).Id));
    }

    [Fact]
    public async Task Fewer_scopes_than_asked_are_what_counts_and_a_consent_that_changes_nothing_says_so()
    {
        var home = await labs.OnAsync();
        var gus = await home.FoundAsync("gus");
        await home.Provider.SteerAsync(new { grant = new[] { "mail.read" } });
        Assert.Equal("Connected, but without \"Send mail\": the consent did not grant it.", await gus.ConnectAsync(null, "mail.read", "mail.send"));
        Assert.Equal(["mail.read"], (await gus.LineAsync()).Scopes);

        var id = (await gus.LineAsync()).Id;
        Assert.Equal("The consent changed nothing: \"Send mail\" is still missing.", await gus.ConnectAsync(id, "mail.read", "mail.send"));
        Assert.Equal("The consent changed nothing: \"Send mail\" is still missing.", (await gus.NewsAsync()).Outcome);

        await home.Provider.SteerAsync(new { grant = (string[]?)null });
        Assert.Equal(Good, await gus.ConnectAsync(id, "mail.read", "mail.send"));
        Assert.Equal(["mail.read", "mail.send"], (await gus.LineAsync()).Scopes);
        // With nothing chosen, a reconnect asks for what is held.
        Assert.Equal("mail.read mail.send", HttpUtility.ParseQueryString((await gus.BeginAsync(id)).Query)["scope"]);
        var (status, page) = await gus.PressAsync(id, ["mail.delete"]);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (status, page.Contains("Tidbox has no scope mail.delete here.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Another_account_that_comes_back_is_kept_aside_until_the_person_has_chosen()
    {
        var home = await labs.OnAsync();
        var hal = await home.FoundAsync("hal");
        Assert.Equal(Good, await hal.ConnectAsync());
        var id = (await hal.LineAsync()).Id;
        await home.Provider.SteerAsync(new { account = "grace@oidc.example" });
        foreach (var useOther in new[] { false, true })
        {
            Assert.StartsWith("Another account came back: grace@oidc.example instead of ada@oidc.example.", await hal.ConnectAsync(id), StringComparison.Ordinal);
            Assert.Equal("ada@oidc.example", (await hal.LineAsync()).Account);
            var news = await hal.NewsAsync();
            Assert.Equal("grace@oidc.example", news.OtherAccount);
            var stranger = await home.JoinAsync(hal.Scope, $"hals-{useOther}".ToLowerInvariant(), OrgRole.Admin);
            Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => home.Get<ConnectAnswers>().AnswerAsync(stranger.Scope, news.Id, true, Ended))).Kind);
            await home.Get<ConnectAnswers>().AnswerAsync(hal.Scope, news.Id, useOther, Ended);
            Assert.Equal(useOther ? "grace@oidc.example" : "ada@oidc.example", (await hal.LineAsync()).Account);
            Assert.True(((Access.Answered)await home.CallAsync(id)).Response.IsSuccessStatusCode);
        }
    }

    [Theory, BothProviders]
    public async Task A_consent_that_takes_too_long_connects_nothing_and_what_waited_for_it_goes(StorageProvider storage)
    {
        var home = await labs.OnAsync(storage);
        var lea = await home.FoundAsync("lea");
        var back = await OAuthLab.Person.ConsentAsync(await lea.BeginAsync());
        using var desk = home.Lab.Client();
        try
        {
            (await desk.PutAsJsonAsync("/offline/switches/clock", new { value = 16 }, Ended)).EnsureSuccessStatusCode();
            await Eventually.True(async () =>
            {
                await using var db = home.Get<IDbContextFactory<LabDbContext>>().CreateDbContext();
                return !await db.Set<Connection>().AnyAsync(row => row.OrgId == lea.Scope.OrgId, Ended) && !await db.Set<ConnectAttempt>().AnyAsync(row => row.OrgId == lea.Scope.OrgId, Ended);
            }, "it is cleared away");
            Assert.StartsWith("The consent took too long", await lea.ReturnAsync(back), StringComparison.Ordinal);
        }
        finally
        {
            (await desk.PutAsJsonAsync("/offline/switches/clock", new { value = 0 }, Ended)).EnsureSuccessStatusCode();
        }
        Assert.Empty(await home.Connections.ListAsync(lea.Scope, Ended));
    }

    [Fact]
    public async Task The_same_account_a_second_time_is_the_same_connection()
    {
        var home = await labs.OnAsync();
        var ida = await home.FoundAsync("ida");
        Assert.Equal(Good, await ida.ConnectAsync());
        var first = await ida.LineAsync();
        Assert.Equal(Good, await ida.ConnectAsync(null, "mail.read", "mail.send"));
        Assert.Equal((first.Id, 2), ((await ida.LineAsync()).Id, (await ida.LineAsync()).Scopes.Count));
    }

    [Fact]
    public async Task A_form_without_its_token_and_one_for_another_org_begin_nothing()
    {
        var home = await labs.OnAsync();
        var (jan, kim) = (await home.FoundAsync("jan"), await home.FoundAsync("kim"));
        using var form = new FormUrlEncodedContent([new("connector", OAuthLab.Slug)]);
        using var answer = await jan.Browser.PostAsync("/jan/connectors/start", form, Ended);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await jan.PressAsync(org: kim.Scope.OrgSlug)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await jan.PressAsync(connector: "nothing")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await jan.PressAsync(connector: "slack")).Status);
        Assert.Empty(await home.Connections.ListAsync(jan.Scope, Ended));
    }
}
