using Alumia.Lab.Connectors;
using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Harness;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>The card of a connector: its words, whose buttons stand on it, and what they post.</summary>
[Collection(OAuthLabs.Name)]
public sealed class ConnectorCardTests(OAuthLabs labs) : IAsyncLifetime
{
    private static readonly OrgScope _ada = new("org_1", "demo", "usr_ada", OrgRole.Member);
    private static readonly OrgScope _ben = new("org_1", "demo", "usr_ben", OrgRole.Member);

    private static readonly ConnectionLine _good = new("cnn_1", "gmail", "usr_ada", "Ada", true, false, "ada@mail.example", ConnectionStatus.Connected, 1, "",
        ["https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/userinfo.email"], 2, "", null, ["Ala", "Scout"], 1);

    private LabHost _lab = null!;

    public async ValueTask InitializeAsync() => _lab = (await labs.OnAsync()).Lab;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_owner_sees_how_it_stands_and_reconnects_by_a_form_into_a_new_tab()
    {
        await using var page = Page();
        var card = Card(page, _ada, [_good]);
        Assert.Equal("Connected", card.Find(".connection .chip").TextContent);
        var text = card.Find("article").TextContent;
        Assert.All(new[] { "ada@mail.example", "Yours", "Read your mail", "Ala, Scout" }, words => Assert.Contains(words, text, StringComparison.Ordinal));
        Assert.DoesNotContain("userinfo", text, StringComparison.Ordinal);
        var form = card.Find(".connection form");
        Assert.Equal(("post", "/demo/connectors/start", "_blank"), (form.GetAttribute("method"), form.GetAttribute("action"), form.GetAttribute("target")));
        Assert.Equal(("gmail", "cnn_1"), (form.QuerySelector("[name=connector]")!.GetAttribute("value"), form.QuerySelector("[name=connection]")!.GetAttribute("value")));
        Assert.Equal("Reconnect", form.QuerySelector("button")!.TextContent);
        Assert.Equal(["Reconnect", "Change scopes", "Check now", "Disconnect"], Buttons(card));
    }

    [Fact]
    public async Task A_failed_one_says_why_and_who_does_not_own_it_whom_to_ask()
    {
        await using var page = Page();
        var failed = _good with { Status = ConnectionStatus.AuthFailed, Failure = "Gmail refused the refresh: the account's password was changed.", StatusAtMs = 3 };
        var card = Card(page, _ada, [failed]);
        Assert.Equal("Auth failed", card.Find(".connection .chip").TextContent);
        Assert.Contains("the account's password was changed.", card.Find(".bad").TextContent, StringComparison.Ordinal);
        Assert.Contains("btn-primary", card.Find(".connection form button").ClassName, StringComparison.Ordinal);

        var theirs = Card(page, _ben, [failed with { IsMine = false }]);
        Assert.Contains("Ask Ada to reconnect it.", theirs.Find("article").TextContent, StringComparison.Ordinal);
        Assert.Empty(theirs.FindAll(".connection form"));
        Assert.Equal(["Connect"], Buttons(theirs)); // Ben's own.
    }

    [Fact]
    public async Task Without_a_connection_it_offers_one_and_without_a_client_it_says_how_to_configure_it()
    {
        await using var page = Page();
        var card = Card(page, _ada, []);
        Assert.Equal("Not connected", card.Find(".head .chip").TextContent);
        Assert.Equal(["Connect"], Buttons(card));
        Assert.Empty(Buttons(Card(page, _ada with { Role = OrgRole.Viewer }, [])));

        var bare = Card(page, _ada, [], setup: Setup() with { Client = null });
        Assert.Equal("Not configured", bare.Find(".head .chip").TextContent);
        Assert.Contains("Connectors:Clients:google:ClientId", bare.Markup, StringComparison.Ordinal);
        Assert.Contains("/connectors/callback", bare.Markup, StringComparison.Ordinal);
        Assert.Empty(Buttons(bare));
    }

    [Fact]
    public async Task A_question_about_another_account_has_both_answers_and_a_first_consent_that_waits_says_so()
    {
        await using var page = Page();
        var card = Card(page, _ada, [_good], new ConnectNews("cat_1", "gmail", "cnn_1", "Another account came back: grace@mail.example instead of ada@mail.example.", false, "grace@mail.example", 4));
        Assert.Contains("Another account came back", card.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Use this account", "Keep the old one"], Buttons(card).Take(2));

        var waiting = Card(page, _ada, [_good with { Status = ConnectionStatus.Connecting, Account = "", Scopes = [], WorkedAtMs = null }]);
        Assert.Equal("Connecting", waiting.Find(".connection .chip").TextContent);
        Assert.Equal(["Connect", "Disconnect"], Buttons(waiting));
    }

    private static string[] Buttons(IRenderedComponent<ConnectorCard> card) => [.. card.FindAll("button").Select(button => button.TextContent.Trim())];

    private ConnectorSetup Setup() => _lab.Services.GetRequiredService<ConnectorSetups>().Find("gmail")!;

    private IRenderedComponent<ConnectorCard> Card(BunitContext page, OrgScope scope, IReadOnlyList<ConnectionLine> lines, ConnectNews? news = null, ConnectorSetup? setup = null) =>
        page.Render<CascadingValue<OrgScope>>(parameters => parameters.Add(p => p.Value, scope).AddChildContent<ConnectorCard>(card => card
            .Add(p => p.Setup, setup ?? Setup()).Add(p => p.Lines, lines).Add(p => p.News, news))).FindComponent<ConnectorCard>();

    /// <summary>A circuit's services over those of the lab.</summary>
    private BunitContext Page()
    {
        var page = new BunitContext();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddMudServices();
        page.Services.AddLogging();
        page.Services.AddSingleton<AntiforgeryStateProvider, NoToken>();
        var lab = _lab.Services;
        page.Services.AddSingleton(lab.GetRequiredService<Connections>()).AddSingleton(lab.GetRequiredService<ConnectionChecks>()).AddSingleton(lab.GetRequiredService<ConnectAnswers>())
            .AddSingleton(lab.GetRequiredService<KeyConnections>()).AddSingleton(lab.GetRequiredService<Alumia.Lab.Accounts.PublicUrls>());
        return page;
    }

    private sealed class NoToken : AntiforgeryStateProvider
    {
        public override AntiforgeryRequestToken? GetAntiforgeryToken() => null;
    }
}
