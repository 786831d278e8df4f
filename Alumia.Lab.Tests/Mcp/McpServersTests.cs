using Alumia.Lab.Agents;
using Alumia.Lab.Mcp;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Api;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Alumia.Lab.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>Servers that are added by their address.</summary>
[Collection(McpLabs.Name)]
public sealed class McpServersTests(McpLabs labs)
{
    private const string Key = "sk-canary-4f1c9e77";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task A_server_is_added_by_its_address_with_a_key_that_stands_nowhere_in_the_clear(StorageProvider provider)
    {
        var bench = await labs.NewAsync(provider, Key);
        var (scope, servers) = (bench.Bench.Scope, bench.Servers);
        var refused = await Assert.ThrowsAsync<Refusal>(() => bench.AddAsync("sk-wrong-4f1c9e77"));
        Assert.Equal((RefusalKind.Unavailable, "The server was not added: it refuses the key, or needs one (401)."), (refused.Kind, refused.Message));
        Assert.Empty(await servers.ListAsync(scope, Ended));

        var added = await servers.AddAsync(scope, "Acme", bench.Server.Address + "?token=canary-in-query", $"Bearer {Key}", Ended);

        Assert.Equal(("Acme", "acme", bench.Server.Address, true, McpStatus.Connected), (added.Name, added.Slug, added.Address, added.HasKey, added.Status));
        Assert.Equal(["acme.add", "acme.erase"], added.Tools.Select(tool => tool.Name));
        Assert.Contains($"Bearer {Key}", bench.Server.Authorizations);
        Assert.Contains("mcp?token=canary-in-query", bench.Server.Asked);
        var add = await bench.ToolAsync("add");
        Assert.Equal((ToolRisk.Reads, ToolRight.Off, "Acme"), (add.Risk, add.DefaultRight, add.Group));
        Assert.Equal(ToolRisk.Writes, (await bench.ToolAsync("erase")).Risk);
        Assert.Contains("5", (await add.CallAsync(new { a = 2, b = 3 }, bench.Context)).Result, StringComparison.Ordinal);
        await using (var db = bench.Bench.Lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext())
        {
            var row = await db.Set<McpServer>().SingleAsync(row => row.OrgId == scope.OrgId, Ended);
            Assert.All([row.Secret!, row.Address!], text => Assert.DoesNotContain("canary", text, StringComparison.Ordinal));
        }
        using var client = await ApiClient.OfAsync(bench.Bench.Lab, scope);
        var (status, body) = await client.GetAsync("mcp-servers");
        Assert.Equal((200, "connected", "acme.add"), (status, body.GetProperty("data").GetProperty("items")[0].GetProperty("status").GetString(), body.GetProperty("data").GetProperty("items")[0].GetProperty("tools")[0].GetProperty("name").GetString()));
        Assert.DoesNotContain("canary", body.GetRawText(), StringComparison.Ordinal);
        lock (labs.Log)
        {
            Assert.Contains("Sending HTTP request", labs.Log.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("canary", labs.Log.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_address_inside_is_refused_and_so_is_what_is_no_server()
    {
        var bench = await labs.NewAsync();
        var (scope, servers) = (bench.Bench.Scope, bench.Servers);
        foreach (var (address, what) in new[] { ("http://127.0.0.1:9/mcp", "a loopback address"), ("http://10.0.0.1/mcp", "a private address"), ("http://169.254.169.254/latest", "a link-local address"), ("http://localhost:9/", "this machine") })
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(() => servers.AddAsync(scope, "Inside", address, null, Ended));
            Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
            Assert.Contains("the lab connects to the open internet only", refusal.Message, StringComparison.Ordinal);
        }
        Assert.Contains("404", (await Assert.ThrowsAsync<Refusal>(() => servers.AddAsync(scope, "Elsewhere", $"{bench.Site.Address}elsewhere", null, Ended))).Message, StringComparison.Ordinal);
        Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => servers.AddAsync(scope, "File", "file:///etc/passwd", null, Ended))).Kind);
        Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => servers.AddAsync(scope, "?", bench.Server.Address, null, Ended))).Kind);
        // A tool of the lab's own, a connector's slug, and a connector's name under another slug.
        foreach (var name in new[] { "Wait", "gmail", "google calendar" })
            Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => servers.AddAsync(scope, name, bench.Server.Address, null, Ended))).Kind);
        Assert.Empty(await servers.ListAsync(scope, Ended));
    }

    [Fact]
    public async Task A_removed_servers_tools_are_gone_and_their_rights_go_to_no_other_server()
    {
        var bench = await labs.NewAsync(key: Key);
        var (scope, servers) = (bench.Bench.Scope, bench.Servers);
        var added = await bench.AddAsync(Key);
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => bench.AddAsync(Key))).Kind);
        await bench.AllowAsync("acme.erase");
        var held = await bench.ToolAsync("erase");

        await servers.RemoveAsync(scope, added.Id, Ended);

        Assert.Empty(await servers.ListAsync(scope, Ended));
        await Eventually.True(async () => (await bench.ToolsAsync()).Count == 0, "its tools are gone");
        Assert.Contains("it was removed", (await held.CallAsync(new { }, bench.Context)).Error, StringComparison.Ordinal);
        await using (var db = bench.Bench.Lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>().CreateDbContext())
            Assert.Null((await db.Set<McpServer>().SingleAsync(row => row.OrgId == scope.OrgId, Ended)).Secret);
        // The same address comes back as what it was, another one under another slug.
        bench.Server.Change(TestMcpServer.Tool("erase", "Erases everything."));
        var again = await bench.AddAsync(Key);
        Assert.Equal((added.Id, "acme"), (again.Id, again.Slug));
        Assert.NotNull(Assert.Single(again.Tools).Before);
        await servers.RemoveAsync(scope, again.Id, Ended);
        Assert.Equal("acme-2", (await servers.AddAsync(scope, "Acme", bench.Server.Other, Key, Ended)).Slug);
    }

    [Fact]
    public async Task Members_see_them_and_only_owners_and_admins_change_them_and_nobody_of_another_org()
    {
        var bench = await labs.NewAsync();
        var lab = bench.Bench.Lab;
        var added = await bench.AddAsync();
        var member = await People.JoinAsync(lab, bench.Bench.Scope, "mcp-member", OrgRole.Member);
        var stranger = await People.FoundAsync(lab, "mcp-stranger");
        Assert.Equal(added.Id, Assert.Single(await bench.Servers.ListAsync(member, Ended)).Id);
        Func<OrgScope, Task>[] changes =
        [
            scope => bench.Servers.AddAsync(scope, "More", bench.Server.Address, null, Ended),
            scope => bench.Servers.RemoveAsync(scope, added.Id, Ended),
            scope => bench.Servers.ConfirmAsync(scope, added.Id, "add", added.Tools[0].Hash, Ended),
        ];
        foreach (var change in changes)
            Assert.Equal(RefusalKind.Forbidden, (await Assert.ThrowsAsync<Refusal>(() => change(member))).Kind);
        foreach (var change in changes.Skip(1).Append(scope => bench.Servers.TryAgainAsync(scope, added.Id, Ended)))
            Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => change(stranger))).Kind);
        Assert.Empty(await bench.Servers.ListAsync(stranger, Ended));
        Assert.DoesNotContain(await lab.Services.GetRequiredService<ToolRegistry>().AllAsync(stranger.OrgId, Ended), tool => tool.Name.StartsWith("acme.", StringComparison.Ordinal));
        var before = bench.Server.Received("tools/call").Count;
        await Assert.ThrowsAsync<Refusal>(async () => await (await bench.ToolAsync("add")).CallAsync(new { a = 1, b = 1 }, bench.Context with { OrgId = stranger.OrgId }));
        Assert.Equal(before, bench.Server.Received("tools/call").Count);
        Assert.Equal(added.Id, (await bench.LineAsync()).Id);
    }
}
