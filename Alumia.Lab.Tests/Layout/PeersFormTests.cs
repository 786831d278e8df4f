using Alumia.Lab.Agents;
using Alumia.Lab.Layout;
using AngleSharp.Dom;
using Bunit;

namespace Alumia.Lab.Tests.Layout;

/// <summary>Whom an agent may message, on its settings page.</summary>
public sealed class PeersFormTests : BunitContext
{
    private readonly List<IReadOnlyCollection<string>?> _changes = [];

    [Fact]
    public void Who_may_message_all_has_no_list_and_may_be_left_nobody()
    {
        var form = Form(Named("agt_1", "Atlas", null), Named("agt_2", "Borea", null));
        Assert.Empty(form.FindAll("li"));
        form.Find("input").Change(false);
        Assert.Equal([], Assert.Single(_changes)!);
    }

    [Fact]
    public void Each_agent_is_allowed_and_not_by_its_box_and_all_by_the_first()
    {
        var form = Form(Named("agt_1", "Atlas", ["agt_2"]), Named("agt_2", "Borea", null), Named("agt_3", "Ceres", null));
        Assert.Equal([("Borea", true), ("Ceres", false)], form.FindAll("li").Select(line => (line.TextContent, line.QuerySelector("input")!.IsChecked())));
        form.FindAll("li input")[1].Change(true);
        form.FindAll("li input")[0].Change(false);
        form.Find("input").Change(true);
        Assert.Equal([["agt_2", "agt_3"], [], null], _changes);
    }

    [Fact]
    public void Where_there_is_no_other_agent_it_says_so() =>
        Assert.Contains("There is no other agent yet.", Form(Named("agt_1", "Atlas", [])).Markup, StringComparison.Ordinal);

    private IRenderedComponent<PeersForm> Form(Agent agent, params Agent[] others) => Render<PeersForm>(form => form
        .Add(each => each.Agent, agent).Add(each => each.Others, others).Add(each => each.Changed, (IReadOnlyCollection<string>? peers) => _changes.Add(peers)));

    private static Agent Named(string id, string name, List<string>? peers) => new()
    {
        Id = id,
        OrgId = "org_1",
        Slug = id,
        Name = name,
        Colour = "#4f6bed",
        ModelId = "groq/llama-3.1-8b-instant",
        AllowedPeers = peers,
        CreatedAtMs = 0,
    };
}
