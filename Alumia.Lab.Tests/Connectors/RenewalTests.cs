using Alumia.Lab.Connectors;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Troubles;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>Credentials that end: renewed once, refused for good, or waited for; against a provider that is none of ours.</summary>
[Collection(OAuthLabs.Name)]
public sealed class RenewalTests(OAuthLabs labs)
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Two_hundred_calls_at_once_on_an_expired_token_cause_one_refresh(StorageProvider storage)
    {
        var home = await labs.OnAsync(storage);
        var (ada, id) = await ConnectedAsync(home, $"many-{storage}".ToLowerInvariant());
        // The service says that it has expired.
        await home.Provider.ControlAsync("expire", new { });
        Assert.Equal(1, await CallManyAsync(home, id));
        // The lab knows that it will in a minute.
        await home.Provider.SteerAsync(new { accessTtl = 30 });
        await ada.ConnectAsync(id);
        await home.Provider.SteerAsync(new { accessTtl = 3600 });
        Assert.Equal(1, await CallManyAsync(home, id));
        Assert.Equal(ConnectionStatus.Connected, (await ada.LineAsync()).Status);
    }

    [Fact]
    public async Task Refresh_tokens_rotate_and_none_is_lost()
    {
        var home = await labs.OnAsync();
        var (ada, id) = await ConnectedAsync(home, "rotating");
        var before = (await home.Provider.SeenAsync()).Refreshes;
        for (var i = 0; i < 5; i++)
        {
            await home.Provider.ControlAsync("expire", new { });
            Assert.True(((Access.Answered)await home.CallAsync(id)).Response.IsSuccessStatusCode);
        }
        Assert.Equal(before + 5, (await home.Provider.SeenAsync()).Refreshes);
        Assert.Equal(ConnectionStatus.Connected, (await ada.LineAsync()).Status);
    }

    [Fact]
    public async Task An_old_refresh_token_that_is_used_again_ends_the_grant_and_the_connection_says_so()
    {
        var home = await labs.OnAsync();
        var (ada, id) = await ConnectedAsync(home, "reused");
        var old = (await CredentialAsync(home, id)).Refresh!;
        await home.Provider.ControlAsync("expire", new { });
        await home.CallAsync(id);
        using (var thief = new HttpClient())
        {
            using var form = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", old), new("client_id", "the-lab"), new("client_secret", "a-secret-of-the-lab")]);
            using var answer = await thief.PostAsync(new Uri(home.Provider.Address, "token"), form, Ended);
            Assert.Contains("invalid_grant", await answer.Content.ReadAsStringAsync(Ended), StringComparison.Ordinal);
        }
        await home.Provider.ControlAsync("expire", new { });
        Assert.StartsWith("Tidbox refused the refresh: ", Assert.IsType<Access.Refused>(await home.CallAsync(id)).Reason, StringComparison.Ordinal);
        Assert.Equal(ConnectionStatus.AuthFailed, (await ada.LineAsync()).Status);
    }

    [Theory, BothProviders]
    public async Task A_grant_that_is_revoked_elsewhere_is_noticed_on_the_next_use_and_a_consent_heals_it(StorageProvider storage)
    {
        var home = await labs.OnAsync(storage);
        var (ada, id) = await ConnectedAsync(home, $"revoked-{storage}".ToLowerInvariant());
        await home.Provider.ControlAsync("revoke", new { });
        var refused = Assert.IsType<Access.Refused>(await home.CallAsync(id));
        Assert.Equal("Tidbox refused the refresh: grant not found.", refused.Reason.Replace("grant request is invalid", "grant not found", StringComparison.Ordinal));
        var line = await ada.LineAsync();
        Assert.Equal((ConnectionStatus.AuthFailed, refused.Reason), (line.Status, line.Failure));
        var trouble = Assert.Single(await home.Get<TroubleLog>().OpenAsync(ada.Scope, [], Ended));
        Assert.Equal((ConnectorTroubles.AuthFailedKind, $"connection:{id}", "Tidbox: Auth failed"), (trouble.Kind, trouble.About, trouble.Title));
        Assert.Equal(("Reconnect", "connectors/start", ada.Scope.UserId, id), (trouble.Fixes[0].Label, trouble.Fixes[0].Posts, trouble.Fixes[0].OnlyFor, trouble.Fixes[0]["connection"]));
        // Nobody is asked again while it is so.
        var calls = await home.Provider.SeenAsync();
        Assert.IsType<Access.Refused>(await home.CallAsync(id));
        Assert.Equal((calls.Api, calls.Refreshes), ((await home.Provider.SeenAsync()).Api, (await home.Provider.SeenAsync()).Refreshes));

        Assert.Equal("Connected. You can close this tab.", await ada.ConnectAsync(id));
        Assert.Equal((ConnectionStatus.Connected, ""), ((await ada.LineAsync()).Status, (await ada.LineAsync()).Failure));
        Assert.True(((Access.Answered)await home.CallAsync(id)).Response.IsSuccessStatusCode);
        Assert.Empty(await home.Get<TroubleLog>().OpenAsync(ada.Scope, [], Ended));
        Assert.Equal("Reconnected", Assert.Single(await home.Get<TroubleLog>().HealedAsync(ada.Scope, [], 10, Ended)).HealedBy);
    }

    [Fact]
    public async Task A_provider_that_answers_500_makes_nothing_fail_and_the_next_try_works()
    {
        var home = await labs.OnAsync();
        var (ada, id) = await ConnectedAsync(home, "broken");
        await home.Provider.ControlAsync("expire", new { });
        await home.Provider.SteerAsync(new { tokenFaults = 1 });
        Assert.IsType<Access.Unreachable>(await home.CallAsync(id));
        var line = await ada.LineAsync();
        Assert.Equal(ConnectionStatus.Connected, line.Status);
        Assert.StartsWith("Tidbox's provider did not answer as it should", line.LastError, StringComparison.Ordinal);
        Assert.True(((Access.Answered)await home.CallAsync(id)).Response.IsSuccessStatusCode);

        // The service itself: asked again twice, then told as it is.
        await home.Provider.SteerAsync(new { apiFaults = 2 });
        Assert.True(((Access.Answered)await home.CallAsync(id)).Response.IsSuccessStatusCode);
        await home.Provider.SteerAsync(new { apiFaults = 3 });
        Assert.Equal(503, (int)((Access.Answered)await home.CallAsync(id)).Response.StatusCode);
        Assert.Equal((ConnectionStatus.Connected, "Tidbox answered 503."), ((await ada.LineAsync()).Status, (await ada.LineAsync()).LastError));
    }

    [Fact]
    public async Task A_service_that_goes_on_refusing_a_fresh_token_makes_the_connection_fail()
    {
        var home = await labs.OnAsync();
        var (ada, id) = await ConnectedAsync(home, "stubborn");
        await home.Provider.SteerAsync(new { apiRefuses = true });
        Assert.Equal("Tidbox refuses a credential that was renewed just now.", Assert.IsType<Access.Refused>(await home.CallAsync(id)).Reason);
        Assert.Equal(ConnectionStatus.AuthFailed, (await ada.LineAsync()).Status);
        // A consent whose access does not work does not mend it.
        Assert.StartsWith("The consent was given, but the access does not work", await ada.ConnectAsync(id), StringComparison.Ordinal);
        Assert.Equal(ConnectionStatus.AuthFailed, (await ada.LineAsync()).Status);
    }

    [Fact]
    public async Task Disconnecting_revokes_the_grant_at_the_provider()
    {
        var home = await labs.OnAsync();
        var (ada, id) = await ConnectedAsync(home, "leaving");
        var credential = await CredentialAsync(home, id);
        Assert.Null(await home.Connections.RemoveAsync(ada.Scope, id, Ended));
        Assert.Empty(await home.Connections.ListAsync(ada.Scope, Ended));
        Assert.Equal("This connection is gone: it was disconnected.", Assert.IsType<Access.Refused>(await home.CallAsync(id)).Reason);
        using var client = new HttpClient();
        using var form = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", credential.Refresh!), new("client_id", "the-lab"), new("client_secret", "a-secret-of-the-lab")]);
        using var answer = await client.PostAsync(new Uri(home.Provider.Address, "token"), form, Ended);
        Assert.Contains("invalid_grant", await answer.Content.ReadAsStringAsync(Ended), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_code_and_no_token_is_ever_logged()
    {
        var home = await labs.OnAsync();
        var (ada, id) = await ConnectedAsync(home, "quiet");
        await home.Provider.ControlAsync("expire", new { });
        await home.CallAsync(id);
        await home.Provider.SteerAsync(new { tokenFaults = 1 });
        await home.Provider.ControlAsync("expire", new { });
        await home.CallAsync(id);
        await home.Connections.RemoveAsync(ada.Scope, id, Ended);
        var (log, secrets) = (home.Log, (await home.Provider.SeenAsync()).Secrets);
        Assert.True(log.Length > 1_000 && secrets.Count >= 5, "something was logged, and something secret was given out");
        Assert.All(secrets.Append("a-secret-of-the-lab"), secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
    }

    private static async Task<(OAuthLab.Person Person, string Id)> ConnectedAsync(OAuthLab home, string name)
    {
        var person = await home.FoundAsync(name);
        Assert.Equal("Connected. You can close this tab.", await person.ConnectAsync());
        return (person, (await person.LineAsync()).Id);
    }

    /// <summary>Returns how many refreshes two hundred calls at once have caused.</summary>
    private static async Task<int> CallManyAsync(OAuthLab home, string id)
    {
        var before = (await home.Provider.SeenAsync()).Refreshes;
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => home.CallAsync(id)));
        Assert.All(answers, answer => Assert.True(answer is Access.Answered { Response.IsSuccessStatusCode: true }, answer.ToString()));
        return (await home.Provider.SeenAsync()).Refreshes - before;
    }

    private static async Task<Credential> CredentialAsync(OAuthLab home, string id)
    {
        await using var db = home.Get<IDbContextFactory<LabDbContext>>().CreateDbContext();
        return home.Get<ConnectionVault>().Open(await db.Set<Connection>().SingleAsync(row => row.Id == id, Ended))!;
    }
}
