using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Alumia.Lab.Offline;
using Alumia.Lab.Offline.OAuth;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Offline;

/// <summary>The stand-in provider's protocol, as a client meets it.</summary>
public sealed class OAuthStandInTests(SharedLab shared) : IClassFixture<SharedLab>, IAsyncLifetime
{
    private const string Profile = "gmail.googleapis.com/gmail/v1/users/me/profile";

    private readonly ProviderClient _client = new(shared.Lab);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    private OfflineDesk Desk => Lab.Services.GetRequiredService<OfflineDesk>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var name in new[] { OfflineSwitches.OAuthFails, OfflineSwitches.OAuthFailsLeft, OfflineSwitches.OAuthSlow, OfflineSwitches.OAuthTokenSeconds, OfflineSwitches.Clock })
            await Desk.SetAsync(name, OfflineSwitches.Find(name)!.Default, CancellationToken.None);
    }

    [Fact]
    public async Task A_consent_gives_tokens_that_work_and_the_refresh_token_rotates()
    {
        var first = await _client.ConnectAsync($"{ProviderClient.MailRead} {ProviderClient.Email}");
        Assert.Equal(($"{ProviderClient.MailRead} {ProviderClient.Email}", 300), (first.Scope, first.ExpiresIn));
        Assert.Equal(ProviderPerson.Ada, (await _client.GetAsync(first.Access, Profile)).Json.GetProperty("emailAddress").GetString());

        var before = Lab.Services.GetRequiredService<OAuthCalls>().Count("refresh_token");
        var second = (await _client.RefreshAsync(first.Refresh)).Tokens;
        var third = (await _client.RefreshAsync(second.Refresh)).Tokens;

        Assert.Equal(3, new[] { first.Refresh, second.Refresh, third.Refresh }.Distinct().Count());
        Assert.Equal(first.Scope, third.Scope);
        Assert.Equal(200, (await _client.GetAsync(third.Access, Profile)).Status);
        Assert.Equal(before + 2, Lab.Services.GetRequiredService<OAuthCalls>().Count("refresh_token"));
    }

    [Fact]
    public async Task The_answer_goes_back_with_the_state_and_the_issuer()
    {
        using var browser = Lab.Client();
        var back = await ProviderPerson.AllowAsync(browser, _client.Authorize(ProviderClient.MailRead));

        var query = QueryHelpers.ParseQuery(back.Query);
        Assert.Equal(_client.Account.RedirectUri, back.GetLeftPart(UriPartial.Path));
        Assert.Equal("state-of-the-client", query["state"]);
        Assert.Equal(new Uri(Lab.Address, "offline/oauth/").ToString(), query["iss"]);
    }

    [Fact]
    public async Task Who_denies_is_sent_back_with_access_denied()
    {
        using var browser = Lab.Client();
        var query = QueryHelpers.ParseQuery((await ProviderPerson.DenyAsync(browser, _client.Authorize(ProviderClient.MailRead))).Query);
        Assert.Equal(("access_denied", "state-of-the-client"), (query["error"].ToString(), query["state"].ToString()));
        Assert.False(query.ContainsKey("code"));
    }

    [Fact]
    public async Task What_is_not_ticked_is_not_granted()
    {
        var tokens = await _client.ConnectAsync($"{ProviderClient.MailRead} {ProviderClient.MailSend} {ProviderClient.Email}", ticked: [ProviderClient.MailRead]);
        Assert.Equal($"{ProviderClient.MailRead} {ProviderClient.Email}", tokens.Scope);
        Assert.Equal(tokens.Scope, (await _client.RefreshAsync(tokens.Refresh)).Tokens.Scope);

        var refused = await _client.CallAsync(tokens.Access, HttpMethod.Post, "gmail.googleapis.com/gmail/v1/users/me/messages/send", new { raw = "" });
        Assert.Equal(403, refused.Status);
        Assert.Contains("insufficient_scope", refused.Challenge, StringComparison.Ordinal);
        Assert.Contains(ProviderClient.MailSend, refused.Challenge, StringComparison.Ordinal);

        using var browser = Lab.Client();
        var consent = await ProviderPerson.SignInAsync(browser, _client.Authorize(ProviderClient.MailRead), ProviderPerson.Ada);
        var page = await browser.GetStringAsync(consent, Ct);
        Assert.Contains("View your mail messages and settings", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("scope", "everything", "invalid_scope")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("client_id", "somebody", "invalid_client")]
    [InlineData("redirect_uri", "https://thief.example/connectors/callback", "invalid_request")]
    public async Task A_wrong_request_is_refused_on_the_spot_and_leads_nowhere(string parameter, string? value, string error)
    {
        using var browser = Lab.Client();
        var changes = parameter == "code_challenge" ? new[] { (parameter, value), ("code_challenge_method", null) } : [(parameter, value)];
        using var answer = await browser.GetAsync(_client.Authorize(ProviderClient.MailRead, changes), Ct);
        Assert.Null(answer.Headers.Location);
        Assert.InRange((int)answer.StatusCode, 400, 401);
        Assert.StartsWith($"error:{error}", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_or_account_is_refused_on_the_page()
    {
        using var browser = Lab.Client();
        var signIn = await ProviderPerson.RedirectedAsync(browser, _client.Authorize(ProviderClient.MailRead));
        foreach (var (email, refusal) in new[] { (ProviderPerson.Ada, "The password is wrong."), ("eve@offline.example", "accounts below alone") })
        {
            var page = await browser.GetStringAsync(signIn, Ct);
            var token = System.Text.RegularExpressions.Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
            using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("_handler", "provider-sign-in"), new("Email", email), new("Password", "guess")]);
            using var answer = await browser.PostAsync(signIn, form, Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(refusal, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        // Nobody gets to the consent past the sign-in.
        Assert.Contains("Nobody is signed in", await browser.GetStringAsync(new Uri(Lab.Address, "offline/oauth/consent?ask=%3Fscope%3Dx&who=made-up"), Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_wants_its_verifier_its_client_and_its_address_and_works_once()
    {
        Assert.Equal("invalid_grant", (await _client.RedeemAsync(await CodeAsync(), ("code_verifier", new string('a', 43)))).Error.Error);
        Assert.Equal("invalid_client", (await _client.RedeemAsync(await CodeAsync(), ("client_secret", "guess"))).Error.Error);
        Assert.Equal("invalid_grant", (await _client.RedeemAsync(await CodeAsync(), ("redirect_uri", "https://thief.example/"))).Error.Error);
        Assert.Equal("invalid_grant", (await _client.RedeemAsync("made-up")).Error.Error);

        var code = await CodeAsync();
        var tokens = (await _client.RedeemAsync(code)).Tokens;
        Assert.Equal(("invalid_grant", "the authorization code was used twice"), (await _client.RedeemAsync(code)).Error);
        // One of the two users is a thief, so what the first got is over too.
        Assert.Equal(401, (await _client.GetAsync(tokens.Access, Profile)).Status);
        Assert.Equal("invalid_grant", (await _client.RefreshAsync(tokens.Refresh)).Error.Error);
    }

    [Fact]
    public async Task A_refresh_token_that_is_used_twice_ends_the_grant()
    {
        var first = await _client.ConnectAsync();
        var second = (await _client.RefreshAsync(first.Refresh)).Tokens;

        Assert.Equal(("invalid_grant", "the refresh token was used twice"), (await _client.RefreshAsync(first.Refresh)).Error);
        Assert.Equal(("invalid_grant", "the refresh token was used twice"), (await _client.RefreshAsync(second.Refresh)).Error);
        Assert.Equal(401, (await _client.GetAsync(second.Access, Profile)).Status);
    }

    [Fact]
    public async Task Of_many_that_refresh_at_once_one_wins()
    {
        var tokens = await _client.ConnectAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _client.RefreshAsync(tokens.Refresh)));
        Assert.Single(replies, reply => reply.Status == 200);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_client_revokes_a_grant_by_either_of_its_tokens(bool byAccessToken)
    {
        var tokens = await _client.ConnectAsync();
        Assert.Equal(200, await _client.RevokeAsync(byAccessToken ? tokens.Access : tokens.Refresh));
        Assert.Equal(("invalid_grant", "access was revoked in the account's settings"), (await _client.RefreshAsync(tokens.Refresh)).Error);
        Assert.Equal(401, (await _client.GetAsync(tokens.Access, Profile)).Status);
        Assert.Equal(200, await _client.RevokeAsync("made-up")); // RFC 7009: what is no token is revoked already.
    }

    [Theory]
    [InlineData("revoke", "access was revoked in the account's settings", 401)]
    [InlineData("change-password", "the account's password was changed", 401)]
    [InlineData("expire-refresh", "the refresh token expired", 200)]
    [InlineData("expire-access", null, 401)]
    public async Task The_desk_ends_what_it_says(string deed, string? words, int statusOfAccess)
    {
        var tokens = await _client.ConnectAsync(account: ProviderPerson.Grace);
        using var desk = Lab.Client();
        var grants = await desk.GetFromJsonAsync<JsonElement>("/offline/oauth/grants", Ct);
        var newest = grants.GetProperty("items")[0];
        Assert.Equal((ProviderPerson.Grace, "holds"), (newest.GetProperty("account").GetString(), newest.GetProperty("state").GetString()));

        using var done = await desk.PostAsJsonAsync($"/offline/oauth/grants/{newest.GetProperty("id").GetString()}/{deed}", new { }, Ct);
        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);

        Assert.Equal(statusOfAccess, (await _client.GetAsync(tokens.Access, Profile)).Status);
        var reply = await _client.RefreshAsync(tokens.Refresh);
        Assert.Equal(words is null ? (null, null) : ("invalid_grant", words), reply.Error);
        if (words is null)
            Assert.Equal(200, (await _client.GetAsync(reply.Tokens.Access, Profile)).Status);
        // A new consent mends all of them.
        Assert.Equal(200, (await _client.GetAsync((await _client.ConnectAsync(account: ProviderPerson.Grace)).Access, Profile)).Status);
    }

    [Fact]
    public async Task Tokens_expire_by_the_labs_clock()
    {
        await Desk.SetAsync(OfflineSwitches.OAuthTokenSeconds, "90", Ct);
        var tokens = await _client.ConnectAsync();
        Assert.Equal(90, tokens.ExpiresIn);
        await Desk.SetAsync(OfflineSwitches.Clock, "2", Ct);
        var refused = await _client.GetAsync(tokens.Access, Profile);
        Assert.Equal(401, refused.Status);
        Assert.Contains("invalid_token", refused.Challenge, StringComparison.Ordinal);
        var second = (await _client.RefreshAsync(tokens.Refresh)).Tokens;
        Assert.Equal(200, (await _client.GetAsync(second.Access, Profile)).Status);

        await Desk.SetAsync(OfflineSwitches.Clock, $"{61 * 24 * 60}", Ct);
        Assert.Equal(("invalid_grant", "the refresh token expired"), (await _client.RefreshAsync(second.Refresh)).Error);
    }

    [Fact]
    public async Task The_desks_faults_come_instead_of_the_answer_and_do_nothing()
    {
        var tokens = await _client.ConnectAsync();
        await Desk.SetAsync(OfflineSwitches.OAuthFailsLeft, "2", Ct);
        await Desk.SetAsync(OfflineSwitches.OAuthFails, "500", Ct);
        Assert.Equal(500, (await _client.RefreshAsync(tokens.Refresh)).Status);
        Assert.Equal(500, (await _client.GetAsync(tokens.Access, Profile)).Status);
        Assert.Equal("none", Desk.Value(OfflineSwitches.OAuthFails)); // Two were left, and both were taken.

        var faults = Lab.Services.GetRequiredService<ProviderFaults>();
        faults.Next(ProviderFaults.Token, [ProviderFaults.Reset, ProviderFaults.TooMany, ProviderFaults.InvalidGrant, ProviderFaults.Garbage]);
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.RefreshAsync(tokens.Refresh));
        Assert.Equal(429, (await _client.RefreshAsync(tokens.Refresh)).Status);
        Assert.Equal("invalid_grant", (await _client.RefreshAsync(tokens.Refresh)).Error.Error);
        await Assert.ThrowsAnyAsync<JsonException>(() => _client.RefreshAsync(tokens.Refresh));
        await Desk.SetAsync(OfflineSwitches.OAuthSlow, "30", Ct);
        Assert.Equal(200, (await _client.RefreshAsync(tokens.Refresh)).Status);
    }

    [Fact]
    public async Task A_slow_provider_is_slow_and_heeds_who_hangs_up()
    {
        var tokens = await _client.ConnectAsync();
        await Desk.SetAsync(OfflineSwitches.OAuthSlow, "600000", Ct);
        using var impatient = new HttpClient { Timeout = TimeSpan.FromMilliseconds(300), BaseAddress = Lab.Address };
        impatient.DefaultRequestHeaders.Authorization = new("Bearer", tokens.Access);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient.GetAsync($"/offline/api/{Profile}", Ct));
        await Desk.SetAsync(OfflineSwitches.OAuthSlow, "0", Ct);
        Assert.Equal(200, (await _client.GetAsync(tokens.Access, Profile)).Status);
    }

    private async Task<string> CodeAsync()
    {
        using var browser = Lab.Client();
        return ProviderClient.CodeIn(await ProviderPerson.AllowAsync(browser, _client.Authorize(ProviderClient.MailRead)));
    }
}
