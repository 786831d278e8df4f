using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>Which messages between agents are seen to travel, by the browser's own module alone.</summary>
public sealed class PeerEnvelopeTests(Browsers browsers) : Story(browsers)
{
    private const string Tell = """
        async () => {
          const { Peers } = await import("/js/canvas/peers.js");
          const svg = document.body.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
          const due = [], later = window.setTimeout, pass = () => due.splice(0).forEach(work => work());
          window.setTimeout = work => due.push(work);
          const node = (id, x) => ({ id, x, y: 0, w: 40, h: 40 });
          const scene = { nodes: new Map([["old", node("old", 0)], ["ala", node("ala", 100)]]), group: svg };
          const peers = new Peers(scene);
          peers.take([{ from: "old", to: "ala", sent: 3, state: null }]);
          peers.take([{ from: "old", to: "ala", sent: 3, state: null }, { from: "ala", to: "atlas", sent: 2, state: "waits" }]);
          pass(); // The node comes when the moment of the envelope's start is over.
          scene.nodes.set("atlas", node("atlas", 200));
          peers.complete();
          pass();
          window.setTimeout = later;
        }
        """;

    [Fact]
    public async Task A_message_travels_when_its_nodes_are_there_and_what_was_before_the_first_look_never()
    {
        var page = await PageAsync(await LabAsync());
        await page.GotoAsync("/");
        await page.EvaluateAsync(Tell);
        await Assertions.Expect(page.Locator("path.peer[data-to=atlas]")).ToHaveAttributeAsync("data-travelled", "2");
        Assert.Null(await page.Locator("path.peer[data-to=ala]").GetAttributeAsync("data-travelled"));
    }
}
