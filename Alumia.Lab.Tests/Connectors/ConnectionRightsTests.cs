using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alumia.Lab.Connectors;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Api;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>Whose a connection is: its owner manages it, its org sees it, and for everybody else it is not there.</summary>
[Collection(OAuthLabs.Name)]
public sealed partial class ConnectionRightsTests(OAuthLabs labs)
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_orgs_member_cannot_see_use_or_change_a_connection()
    {
        var home = await labs.OnAsync();
        var (mine, id) = await ConnectedAsync(home, "rightly");
        var outsider = await home.FoundAsync("outsider");
        foreach (var (name, deed) in Deeds(home, id))
            Assert.Equal((name, RefusalKind.NotFound), (name, (await Assert.ThrowsAsync<Refusal>(() => deed(outsider.Scope))).Kind));
        Assert.Equal(404, (int)(await outsider.PressAsync(id)).Status);
        Assert.Empty(await home.Connections.ListAsync(outsider.Scope, Ended));
        Assert.Null(await home.Get<ConnectionFinder>().FindAsync(outsider.Scope.OrgId, outsider.Scope.UserId, OAuthLab.Slug, Ended));
        Assert.Null(await home.Get<ConnectionFinder>().FindAsync(outsider.Scope.OrgId, mine.Scope.UserId, OAuthLab.Slug, Ended));
        Assert.Equal((id, ConnectionStatus.Connected, false), ((await mine.LineAsync()).Id, (await mine.LineAsync()).Status, (await mine.LineAsync()).IsShared));
    }

    [Fact]
    public async Task A_member_who_is_not_the_owner_sees_it_and_is_told_whom_to_ask()
    {
        var home = await labs.OnAsync();
        var (mine, id) = await ConnectedAsync(home, "olga");
        var other = await home.JoinAsync(mine.Scope, "olgas-admin", OrgRole.Admin);
        var line = Assert.Single(await home.Connections.ListAsync(other.Scope, Ended));
        Assert.Equal((id, false, "olga", "ada@oidc.example"), (line.Id, line.IsMine, line.OwnerName, line.Account));
        foreach (var (name, deed) in Deeds(home, id).Where(each => each.Name != "get"))
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(() => deed(other.Scope));
            Assert.Equal((name, RefusalKind.Forbidden, "This connection is olga's. Ask olga."), (name, refusal.Kind, refusal.Message));
        }
        var (status, page) = await other.PressAsync(id);
        Assert.Equal((403, true), ((int)status, page.Contains("This connection is olga&#x27;s. Ask olga.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_turn_uses_its_own_persons_connection_else_a_shared_one_and_none_of_who_has_left()
    {
        var home = await labs.OnAsync();
        var finder = home.Get<ConnectionFinder>();
        var (mine, id) = await ConnectedAsync(home, "petra");
        var other = await home.JoinAsync(mine.Scope, "petras-colleague", OrgRole.Owner);
        var org = mine.Scope.OrgId;
        Assert.Equal(id, (await finder.FindAsync(org, mine.Scope.UserId, OAuthLab.Slug, Ended))?.Id);
        Assert.Null(await finder.FindAsync(org, other.Scope.UserId, OAuthLab.Slug, Ended));
        Assert.Null(await finder.FindAsync(org, null, OAuthLab.Slug, Ended));

        await home.Connections.ShareAsync(mine.Scope, id, true, Ended);
        Assert.Equal(id, (await finder.FindAsync(org, other.Scope.UserId, OAuthLab.Slug, Ended))?.Id);
        await home.Provider.SteerAsync(new { account = "grace@oidc.example" });
        await other.ConnectAsync();
        var theirs = await other.LineAsync();
        Assert.Equal(theirs.Id, (await finder.FindAsync(org, other.Scope.UserId, OAuthLab.Slug, Ended))?.Id);
        Assert.Equal(id, (await finder.FindAsync(org, null, OAuthLab.Slug, Ended))?.Id);

        await home.Get<Members>().RemoveAsync(other.Scope, mine.Scope.UserId, Ended);
        Assert.Null(await finder.FindAsync(org, null, OAuthLab.Slug, Ended));
        // What somebody left behind, an admin clears away.
        Assert.Null(await home.Connections.RemoveAsync(other.Scope, id, Ended));
        Assert.Equal(theirs.Id, Assert.Single(await home.Connections.ListAsync(other.Scope, Ended)).Id);
    }

    [Fact]
    public async Task A_key_of_the_API_reads_connections_and_a_signed_in_browser_alone_changes_them()
    {
        var home = await labs.OnAsync();
        var (mine, id) = await ConnectedAsync(home, "quentin");
        using var api = await ApiClient.OfAsync(home.Lab, mine.Scope);
        var read = (await api.GetAsync($"connections/{id}")).Body.GetProperty("data");
        Assert.Equal(("tidbox", "connected", "ada@oidc.example", "quentin"), (Text(read, "connector"), Text(read, "status"), Text(read, "account"), Text(read, "owner")));
        Assert.Equal(read.GetRawText(), Assert.Single(await api.AllAsync("connections", 10)).GetRawText());
        Assert.All((await home.Provider.SeenAsync()).Secrets, secret => Assert.DoesNotContain(secret, read.GetRawText(), StringComparison.Ordinal));
        var connectors = (await api.GetAsync("connectors")).Body.GetProperty("data").GetProperty("items");
        Assert.Contains(connectors.EnumerateArray(), each => Text(each, "slug") == "tidbox" && each.GetProperty("isConfigured").GetBoolean());
        Assert.Equal(403, (await api.PostAsync("connections/oauth/start", new { connector = "tidbox" })).Status);
        Assert.Equal(403, (await api.PostAsync("connections", new { connector = "airtable", key = "pat-0123456789" })).Status);
        Assert.Equal(403, (await api.DeleteAsync($"connections/{id}")).Status);

        mine.Browser.DefaultRequestHeaders.Add("X-Alumia-Org", "quentin");
        mine.Browser.DefaultRequestHeaders.Add("RequestVerificationToken", Token().Match(await mine.Browser.GetStringAsync("/account", Ended)).Groups["token"].Value);
        using var started = await mine.Browser.PostAsJsonAsync("/api/v1/connections/oauth/start", new { connectionId = id, scopes = new[] { "mail.read", "mail.send" } }, Ended);
        var address = Text((await started.Content.ReadFromJsonAsync<JsonElement>(Ended)).GetProperty("data"), "address");
        Assert.Equal("Connected. You can close this tab.", await mine.ReturnAsync(await OAuthLab.Person.ConsentAsync(new Uri(address))));
        Assert.Equal(["mail.read", "mail.send"], (await mine.LineAsync()).Scopes);
        using var gone = await mine.Browser.DeleteAsync(new Uri(home.Lab.Address, $"/api/v1/connections/{id}"), Ended);
        Assert.Equal((200, JsonValueKind.Null), ((int)gone.StatusCode, (await gone.Content.ReadFromJsonAsync<JsonElement>(Ended)).GetProperty("data").GetProperty("note").ValueKind));
        Assert.Equal(404, (await api.GetAsync($"connections/{id}")).Status);
    }

    private static (string Name, Func<OrgScope, Task> Do)[] Deeds(OAuthLab home, string id) =>
    [
        ("get", scope => home.Connections.GetAsync(scope, id, Ended)),
        ("share", scope => home.Connections.ShareAsync(scope, id, true, Ended)),
        ("remove", scope => home.Connections.RemoveAsync(scope, id, Ended)),
        ("check", scope => home.Get<ConnectionChecks>().CheckAsync(scope, id, Ended)),
        ("key", scope => home.Get<KeyConnections>().AddAsync(scope, OAuthLab.Slug, "0123456789", id, Ended)),
        ("start", scope => home.Get<ConnectStart>().BeginAsync(scope, OAuthLab.Slug, id, [], Ended)),
    ];

    private static async Task<(OAuthLab.Person Person, string Id)> ConnectedAsync(OAuthLab home, string name)
    {
        var person = await home.FoundAsync(name);
        Assert.Equal("Connected. You can close this tab.", await person.ConnectAsync());
        return (person, (await person.LineAsync()).Id);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
